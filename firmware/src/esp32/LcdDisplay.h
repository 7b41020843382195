// A character display of 16×2 or 20×4 behind a PCF8574, on an I2C bus that is not the memory's.
#pragma once

#include <LiquidCrystal_I2C.h>

#include "hal/pins.h"

namespace evse::esp32 {

class LcdDisplay {
 public:
  LcdDisplay(uint8_t address, uint8_t columns, uint8_t rows)
      : lcd_(address, columns, rows), columns_(columns) {}

  void begin();

  // Writes a line only where it has changed: a whole display takes 40 ms on this bus.
  void show(int row, const char (&line)[20]);

 private:
  LiquidCrystal_I2C lcd_;
  const uint8_t columns_;
  char shown_[2][20]{};
};

}  // namespace evse::esp32

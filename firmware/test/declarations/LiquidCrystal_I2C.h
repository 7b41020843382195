// marcoschwartz/LiquidCrystal_I2C 1.1.4, LiquidCrystal_I2C.h: always on `Wire`
#pragma once

#include "Arduino.h"

class LiquidCrystal_I2C {
 public:
  LiquidCrystal_I2C(uint8_t address, uint8_t columns, uint8_t rows);
  void init();
  void backlight();
  void setCursor(uint8_t column, uint8_t row);
  size_t write(uint8_t letter);
};

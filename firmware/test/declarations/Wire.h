// docs.espressif.com/projects/arduino-esp32/en/latest/api/i2c.html; libraries/Wire/src/Wire.h 2.0.17
#pragma once

#include "Arduino.h"

class TwoWire {
 public:
  void setTimeOut(uint16_t milliseconds);
  bool begin(int sda, int scl, uint32_t frequency = 0);
  void beginTransmission(uint8_t address);
  uint8_t endTransmission(bool send_stop);
  uint8_t endTransmission();
  uint8_t requestFrom(uint8_t address, uint8_t quantity);
  size_t write(uint8_t value);
  size_t write(const uint8_t* data, size_t quantity);
  int read();
};
extern TwoWire Wire;
#if !CONFIG_IDF_TARGET_ESP32C3
extern TwoWire Wire1;
#endif

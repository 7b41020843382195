// An I2C bus with parts that have registers, or bytes, at addresses of 16 bits; for several tasks.
#pragma once

#include <Wire.h>
#include <freertos/FreeRTOS.h>
#include <freertos/semphr.h>
#include <stdint.h>

namespace evse::esp32 {

// The Arduino core locks a transfer, but not what has come in until it is fetched: two tasks that
// read at a time would get each other's bytes. So a whole exchange has one lock here.
class I2cBus {
 public:
  explicit I2cBus(TwoWire& wire) : wire_(wire) {}

  // The driver's buffer is 128 bytes, of which two are the address.
  static constexpr int kMostBytes = 96;

  // False: the bus cannot be had.
  bool begin(int sda, int scl, uint32_t hz);

  // False: the part does not answer. At most kMostBytes.
  bool read(uint8_t device, uint16_t address, uint8_t* data, int size);
  bool write(uint8_t device, uint16_t address, const uint8_t* data, int size);

 private:
  bool ask(uint8_t device, uint16_t address, uint8_t* data, int size);
  void address(uint8_t device, uint16_t address);

  TwoWire& wire_;
  SemaphoreHandle_t lock_ = nullptr;
};

}  // namespace evse::esp32

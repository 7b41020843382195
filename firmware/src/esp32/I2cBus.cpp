#include "I2cBus.h"

namespace evse::esp32 {

namespace {

// 99 bytes take 2.3 ms at 400 kHz. A part that hangs shall not hold up the control task for as
// long as the dead man waits (20 ms): the core's own time-out is 50 ms.
constexpr uint16_t kTimeoutMs = 5;

}  // namespace

bool I2cBus::begin(int sda, int scl, uint32_t hz) {
  lock_ = xSemaphoreCreateMutex();
  if (lock_ == nullptr || !wire_.begin(sda, scl, hz)) return false;
  wire_.setTimeOut(kTimeoutMs);
  return true;
}

bool I2cBus::read(uint8_t device, uint16_t at, uint8_t* data, int size) {
  xSemaphoreTake(lock_, portMAX_DELAY);
  const bool done = ask(device, at, data, size);
  xSemaphoreGive(lock_);
  return done;
}

bool I2cBus::ask(uint8_t device, uint16_t at, uint8_t* data, int size) {
  address(device, at);
  if (wire_.endTransmission(false) != 0) return false;
  if (wire_.requestFrom(device, static_cast<uint8_t>(size)) != size) return false;
  for (int i = 0; i < size; ++i) *data++ = static_cast<uint8_t>(wire_.read());
  return true;
}

bool I2cBus::write(uint8_t device, uint16_t at, const uint8_t* data, int size) {
  xSemaphoreTake(lock_, portMAX_DELAY);
  address(device, at);
  wire_.write(data, static_cast<size_t>(size));
  const bool done = wire_.endTransmission() == 0;
  xSemaphoreGive(lock_);
  return done;
}

void I2cBus::address(uint8_t device, uint16_t at) {
  wire_.beginTransmission(device);
  wire_.write(static_cast<uint8_t>(at >> 8));
  wire_.write(static_cast<uint8_t>(at));
}

}  // namespace evse::esp32

// An ADE7953 on the memory's I2C bus: the mains of a board whose converter has no channels left.
//
// It gives root mean squares, not sums of a cycle: each reading becomes a cycle of one sample.
// They settle in about 200 ms (data sheet), so that a short-circuit is the breaker's alone here.
#pragma once

#include <stdint.h>

#include "I2cBus.h"
#include "front_end/mains_blocks.h"
#include "hal/pins.h"

namespace evse::esp32 {

class MeteringChip {
 public:
  explicit MeteringChip(I2cBus& bus) : bus_(bus) {}

  // False: it does not answer.
  bool begin();
  void scale(const front_end::LineScale& scale) { scale_ = scale; }

  // Reads one register a tick, so that a tick is never held up by more than that.
  void poll(uint64_t now_us);
  void read(uint64_t now_us, Inputs& in) const;

 private:
  enum Step : uint8_t { kVoltage, kCurrent, kPower, kPeriod, kSteps };

  bool read_register(uint16_t address, int bytes, uint32_t& value);
  bool write_register(uint16_t address, int bytes, uint32_t value);

  I2cBus& bus_;
  front_end::LineScale scale_;
  uint8_t step_ = kVoltage;
  uint32_t raw_[kSteps]{};
  uint64_t whole_us_ = 0;  // when all of them had been read last; 0: never
  int64_t energy_mws_ = 0;
  int64_t rest_pws_ = 0;
};

}  // namespace evse::esp32

// What the chip's converter shows: plateaus of the pilot, mains cycles, proximity, temperatures.
#pragma once

#include <esp_adc_cal.h>
#include <stdint.h>

#include "HardwareConfig.h"
#include "front_end/mains_blocks.h"
#include "front_end/pilot_sampler.h"
#include "hal/pins.h"

namespace evse::esp32 {

class AnalogInputs {
 public:
  explicit AnalogInputs(const HardwareConfig& board);

  // False: the converter cannot be had.
  bool begin();
  void scale(int line, const front_end::LineScale& scale) { mains_.scale(line, scale); }

  // Takes what the converter has sampled since. Never waits.
  void poll(uint64_t now_us);
  void read(uint64_t now_us, Inputs& in) const;

 private:
  static constexpr int kBytesAtOnce = 1024;

  void take(Signal signal, uint16_t code, uint64_t now_us);
  uint32_t millivolt(Signal signal) const;

  const HardwareConfig& board_;
  front_end::PilotSampler pilot_;
  front_end::MainsBlocks mains_;
  esp_adc_cal_characteristics_t calibration_{};
  Signal by_channel_[16];
  uint16_t straight_[4096]{};  // codes of the converter, made straight
  uint32_t slow_16ths_[kSignals]{};  // smoothed codes of what changes slowly
  uint64_t pilot_us_ = 0;            // newest sample of the last complete window
  uint8_t buffer_[kBytesAtOnce]{};
};

}  // namespace evse::esp32

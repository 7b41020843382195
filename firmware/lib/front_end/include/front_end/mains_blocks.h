// Sums over one mains cycle, from interleaved samples of voltages and currents.
//
// What the charging process gets (hal/pins.h): samples, sum of v², of i² and of v·i of the last
// complete cycle per line, the running energy, and the frequency. The first line that shows a
// voltage gives the beat for all: the cycle of a line that was lost has to end too.
#pragma once

#include <stdint.h>

#include "hal/pins.h"

namespace evse::front_end {

// What a code means, by calibration.
struct LineScale {
  uint32_t voltage_uv = 250000;  // µV at the terminals per code
  uint32_t current_ua = 60000;   // µA through the conductor per code
};

class MainsBlocks {
 public:
  static constexpr int kLines = 3;

  // `lag_256ths`: how much later than its voltage a current is sampled, in 256ths of the time
  // between two samples of a line. Uncorrected, 24 µs at 50 Hz are 0.43°: 1.3 % at cos φ 0.5.
  MainsBlocks(int lines, uint32_t lag_256ths) : lines_(lines), lag_256ths_(lag_256ths) {}

  void scale(int line, const LineScale& scale) { scale_[line] = scale; }

  // One sample of a voltage, and the one of its current that follows it, codes 0...4095.
  void voltage(int line, uint16_t code, uint64_t now_us);
  void current(int line, uint16_t code);

  // Puts cycles, energy and frequency into the pins. No cycle for 50 ms: says that there is none.
  void read(uint64_t now_us, Inputs& in) const;

 private:
  // Codes about their middle; sums of 2,400 samples of a cycle fit 64 bits with room to spare.
  struct Sums {
    uint16_t n = 0;
    int32_t v = 0;
    int32_t i = 0;
    int64_t v2 = 0;
    int64_t i2 = 0;
    int64_t vi = 0;
  };

  static constexpr int32_t kMiddle = 2048;
  static constexpr int32_t kHysteresis = 60;  // codes, about 15 V: noise is no crossing
  static constexpr uint64_t kLongestCycleUs = 30000;
  static constexpr uint64_t kStaleUs = 50000;

  void end_cycle(uint64_t now_us, bool by_crossing);
  void conclude(int line, uint64_t duration_us);

  const int lines_;
  const uint32_t lag_256ths_;
  LineScale scale_[kLines];
  Sums sums_[kLines];
  int32_t last_v_[kLines]{};
  int32_t last_i_[kLines]{};
  bool below_[kLines]{};
  int beat_ = 0;  // the line whose crossings end cycles
  bool began_ = false;
  uint64_t began_us_ = 0;

  uint64_t ended_us_ = 0;
  bool any_ = false;
  uint32_t period_16us_ = 0;  // of a cycle, sixteenths of a µs, smoothed over sixteen cycles
  uint16_t n_[kLines]{};
  int64_t v2_e3_[kLines]{};
  int64_t i2_e6_[kLines]{};
  int64_t vi_e3_[kLines]{};
  int64_t energy_mws_[kLines]{};
  int64_t rest_pws_[kLines]{};  // less than a mWs, carried on
};

}  // namespace evse::front_end

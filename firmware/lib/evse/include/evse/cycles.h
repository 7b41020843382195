// Volts, amperes and watts of each line, from the sums of its last mains cycle.
#pragma once

#include <stdint.h>

#include "hal/pins.h"

namespace evse {

struct Line {
  uint32_t voltage_mv = 0;  // root mean square
  uint32_t current_ma = 0;  // root mean square
  int32_t power_mw = 0;     // mean of the instantaneous product, so real power
};

// Roots and long divisions are dear where there is no FPU: they are made only when sums have
// changed, of one line in a tick. What is read is always of one set of sums, so that no line is
// compared with another one's past, and at most five ticks old.
class Cycles {
 public:
  explicit Cycles(int lines) : lines_(lines) {}

  void tick(const Inputs& in);

  const Line& line(int index) const { return shown_[index]; }
  uint32_t highest_current_ma() const { return highest_current_ma_; }
  // Every line had samples in its last cycle.
  bool present() const { return present_; }
  // Counts the sets of sums that have been worked through.
  uint32_t sequence() const { return sequence_; }

 private:
  bool changed(const Inputs& in) const;
  void take(const Inputs& in);
  void work(int index);
  void show();

  int lines_;
  int next_ = 4;  // the line to work on; `lines_`: they are to be shown; more: nothing to do
  uint16_t n_[3]{};
  int64_t v2_e3_[3]{};
  int64_t i2_e6_[3]{};
  int64_t vi_e3_[3]{};
  Line worked_[3];
  Line shown_[3];
  uint32_t highest_current_ma_ = 0;
  bool present_ = false;
  uint32_t sequence_ = 0;
};

}  // namespace evse

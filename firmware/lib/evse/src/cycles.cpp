#include "evse/cycles.h"

#include "evse/root.h"

namespace evse {

namespace {

// More than any line carries, and the sum of three fits its type, whatever a converter says.
constexpr int32_t kMostPowerMw = 700000000;

}  // namespace

bool Cycles::changed(const Inputs& in) const {
  for (int i = 0; i < lines_; ++i) {
    if (in.cycle_n[i] != n_[i] || in.cycle_v2_e3[i] != v2_e3_[i] ||
        in.cycle_i2_e6[i] != i2_e6_[i] || in.cycle_vi_e3[i] != vi_e3_[i]) {
      return true;
    }
  }
  return false;
}

void Cycles::take(const Inputs& in) {
  for (int i = 0; i < lines_; ++i) {
    n_[i] = in.cycle_n[i];
    v2_e3_[i] = in.cycle_v2_e3[i];
    i2_e6_[i] = in.cycle_i2_e6[i];
    vi_e3_[i] = in.cycle_vi_e3[i];
  }
}

void Cycles::work(int index) {
  Line& line = worked_[index];
  const uint16_t n = n_[index];
  if (n == 0) {
    line = Line{};
    return;
  }
  // The pins' factors: squares of volts come times 1000, of amperes times 1000000.
  const uint64_t v2 = v2_e3_[index] > 0 ? static_cast<uint64_t>(v2_e3_[index]) * 1000 : 0;
  const uint64_t i2 = i2_e6_[index] > 0 ? static_cast<uint64_t>(i2_e6_[index]) : 0;
  line.voltage_mv = root(divided(v2, n));
  line.current_ma = root(divided(i2, n));
  const int64_t vi = vi_e3_[index];
  const uint64_t size = vi < 0 ? 0 - static_cast<uint64_t>(vi) : static_cast<uint64_t>(vi);
  const uint64_t mw = divided(size, n);
  const int32_t power_mw = mw < kMostPowerMw ? static_cast<int32_t>(mw) : kMostPowerMw;
  line.power_mw = vi < 0 ? -power_mw : power_mw;
}

void Cycles::show() {
  highest_current_ma_ = 0;
  present_ = true;
  for (int i = 0; i < lines_; ++i) {
    shown_[i] = worked_[i];
    if (shown_[i].current_ma > highest_current_ma_) highest_current_ma_ = shown_[i].current_ma;
    if (n_[i] == 0) present_ = false;
  }
  ++sequence_;
}

void Cycles::tick(const Inputs& in) {
  if (next_ > lines_) {
    if (!changed(in)) return;
    take(in);
    next_ = 0;
    return;
  }
  if (next_ == lines_) {
    show();
  } else {
    work(next_);
  }
  ++next_;
}

}  // namespace evse

// From raw samples of the control pilot to its two plateaus.
//
// Nothing triggers the converter from the PWM, so a sample may lie anywhere in a period. But a
// plateau never changes its sign (+12 V and -12 V behind a passive network): the sign tells the
// halves apart, the time since the last change of sign tells edge from plateau, and a histogram
// over ten periods tells the plateau from whatever else was there (docs/decisions/0013). The
// twin has the same rules in Python, and a test holds both to the same answers.
#pragma once

#include <stdint.h>

namespace evse::front_end {

class PilotSampler {
 public:
  // Voltages at the pilot that the front end's divider maps onto code 0 and onto the full code.
  static constexpr int32_t kLeastMv = -15000;
  static constexpr int32_t kMostMv = 15000;
  static constexpr int32_t kFullCode = 4095;
  static constexpr uint32_t kWindowNs = 10080000;  // ten periods of 1 kHz and a little
  // Eight time constants of 1 kOhm and 5.5 nF (IEC 61851-1 Table A.2: 1.6 + 1.5 + 2.4 nF).
  static constexpr uint32_t kSettleNs = 45000;

  // `sample_ns`: from one sample of the pilot to the next. Above 20,000 the lower plateau of
  // 96 % of duty has less than two samples a period: no more than 63 A may then be offered.
  explicit PilotSampler(uint32_t sample_ns)
      : window_(static_cast<uint16_t>(kWindowNs / sample_ns)),
        settled_(static_cast<uint16_t>((kSettleNs + sample_ns - 1) / sample_ns + 1)) {
    begin();
  }

  // One sample, code 0...4095. True: it was a window's last, and the plateaus below are new.
  bool feed(uint16_t code);

  // Of the last complete window; a level means something only where its count is not 0.
  int32_t high_mv() const { return high_mv_; }
  int32_t low_mv() const { return low_mv_; }
  uint16_t n_high() const { return n_high_; }
  uint16_t n_low() const { return n_low_; }

  uint16_t window() const { return window_; }  // samples

 private:
  enum Side : uint8_t { kHigh, kLow, kZero, kNone };

  static constexpr int32_t kMiddle = (kFullCode + 1) / 2;
  // Nearer to 0 V than so many codes (0.10 V) a sample has no sign.
  static constexpr int32_t kZeroCodes = 14;
  static constexpr int kBinShift = 4;  // a bin is 16 codes, 117 mV
  static constexpr int kBins = (kFullCode + 1) >> kBinShift;
  static constexpr int kCluster = 3;  // bins of a plateau: room for a noise of 30 mV rms
  // A half is there if it shows in so many periods of the ten, or for more than half of the
  // window. A disturbance of 2 ms spans three periods at most.
  static constexpr uint16_t kRunsMin = 4;

  void begin();
  void keep(Side side, uint16_t code);
  bool present(Side side) const;
  void conclude();
  void read(int first, int end, int step, Side side);

  const uint16_t window_;
  const uint16_t settled_;  // samples after a change of sign until one counts
  uint16_t kept_[kBins]{};
  uint32_t sum_[kBins]{};
  uint16_t count_[3]{};
  uint16_t runs_[3]{};
  uint16_t zero_kept_ = 0;
  uint32_t zero_sum_ = 0;
  uint16_t n_ = 0;
  uint16_t run_ = 0;
  uint16_t last_ = 0;
  uint16_t outermost_ = 0;
  Side side_ = kNone;

  int32_t high_mv_ = 0;
  int32_t low_mv_ = 0;
  uint16_t n_high_ = 0;
  uint16_t n_low_ = 0;
};

}  // namespace evse::front_end

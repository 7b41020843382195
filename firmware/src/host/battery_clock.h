// A battery-backed clock as a file of this machine: UTC less the twin's time. Between two polls
// time stands still.
#pragma once

#include <stdint.h>

#include "hal/clock.h"

namespace evse::host {

class BatteryClock final : public hal::Clock {
 public:
  // `fitted` false: the charger has no such clock.
  BatteryClock(bool fitted, int64_t utc_at_zero_us)
      : fitted_(fitted), utc_at_zero_us_(utc_at_zero_us) {}

  // What was set in an earlier run counts. False: the file cannot be used; `errno` says why.
  bool open(const char* directory);
  ~BatteryClock();
  BatteryClock(const BatteryClock&) = delete;
  BatteryClock& operator=(const BatteryClock&) = delete;

  void at(uint64_t now_us) { now_us_ = now_us; }

  uint64_t now_us() override { return now_us_; }
  int64_t battery_utc_us() override;
  void set_battery_utc_us(int64_t utc_us) override;

 private:
  bool fitted_;
  int64_t utc_at_zero_us_;
  uint64_t now_us_ = 0;
  int file_ = -1;
};

}  // namespace evse::host

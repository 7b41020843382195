// A point in time at which something is due, or none.
#pragma once

#include <stdint.h>

namespace evse::ocpp {

constexpr uint64_t kNever = UINT64_MAX;
constexpr uint64_t kSecondUs = 1000000;

class Deadline {
 public:
  void set(uint64_t at_us) { at_us_ = at_us; }
  void cancel() { at_us_ = kNever; }
  bool pending() const { return at_us_ != kNever; }
  uint64_t at_us() const { return at_us_; }

  // True once, when the time has come.
  bool due(uint64_t now_us) {
    if (now_us < at_us_) return false;
    at_us_ = kNever;
    return true;
  }

 private:
  uint64_t at_us_ = kNever;
};

}  // namespace evse::ocpp

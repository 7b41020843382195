// The residual-current monitor (IEC 62955): its trip, and its self-test before every closing.
#pragma once

#include <stdint.h>

#include "evse/limits.h"
#include "hal/pins.h"

namespace evse {

class Residual {
 public:
  // Begin a self-test, unless one is under way; to be asked for with an open contactor only.
  void begin_test(uint64_t now_us);
  // End one that is under way, without a result.
  void abort_test(uint64_t now_us);
  // The contactor closes: a test holds for one closing.
  void closes() { passed_ = false; }
  void tick(uint64_t now_us, const Inputs& in);

  // Drive the monitor's test input.
  bool injects() const { return step_ == Step::Injecting; }
  bool testing() const { return step_ != Step::Idle; }
  // The last test was passed, is not used up and not too old.
  bool passed(uint64_t now_us) const { return passed_ && now_us - passed_us_ <= kResidualValidUs; }
  // The trip is there, and not for a test.
  bool tripped() const { return tripped_; }
  // In this tick a test was given up.
  bool failed() const { return failed_; }

 private:
  enum class Step : uint8_t { Idle, Injecting, Releasing };

  Step step_ = Step::Idle;
  bool counts_ = false;  // the test under way has not been aborted
  bool passed_ = false;
  bool tripped_ = false;
  bool failed_ = false;
  uint64_t begun_us_ = 0;
  uint64_t aborted_us_ = 0;
  uint64_t passed_us_ = 0;
};

}  // namespace evse

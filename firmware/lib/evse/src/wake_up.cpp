#include "evse/wake_up.h"

#include "evse/limits.h"

namespace evse {

void WakeUp::arm(uint64_t now_us) {
  step_ = Step::Armed;
  since_us_ = now_us;
}

void WakeUp::tick(uint64_t now_us, bool in_b) {
  const uint64_t passed_us = now_us - since_us_;
  const Step before = step_;
  switch (step_) {
    case Step::Spent:
      return;
    case Step::Armed:
      if (!in_b) {
        since_us_ = now_us;
      } else if (passed_us >= kAsleepUs) {
        step_ = Step::Before;
      }
      break;
    case Step::Before:
      if (passed_us >= kWakeSteadyUs) step_ = Step::StateF;
      break;
    case Step::StateF:
      if (passed_us >= kWakeStateFUs) step_ = Step::After;
      break;
    case Step::After:
      if (passed_us >= kWakeSteadyUs) step_ = Step::Spent;
      break;
  }
  if (step_ != before) since_us_ = now_us;
}

}  // namespace evse

#include "evse/residual.h"

namespace evse {

void Residual::begin_test(uint64_t now_us) {
  if (step_ != Step::Idle) return;
  step_ = Step::Injecting;
  counts_ = true;
  passed_ = false;
  begun_us_ = now_us;
}

void Residual::abort_test(uint64_t now_us) {
  if (step_ == Step::Idle || !counts_) return;
  counts_ = false;
  aborted_us_ = now_us;
  step_ = Step::Releasing;
}

void Residual::tick(uint64_t now_us, const Inputs& in) {
  tripped_ = step_ == Step::Idle && in.residual_trip;
  failed_ = false;
  if (step_ == Step::Injecting && in.residual_trip) {
    step_ = Step::Releasing;
  } else if (step_ == Step::Releasing && !in.residual_trip) {
    // The trip of a test that was broken off may still come, and is not to be taken for real.
    if (!counts_ && now_us - aborted_us_ < kResidualSettlesUs) return;
    step_ = Step::Idle;
    passed_ = counts_;
    passed_us_ = now_us;
  } else if (step_ != Step::Idle && now_us - begun_us_ >= kResidualTestUs) {
    // No trip, or one that does not end: a trip that stays is a residual current from now on.
    failed_ = counts_;
    step_ = Step::Idle;
  }
}

}  // namespace evse

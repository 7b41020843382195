// What the outputs show in each phase.
#include "evse/controller.h"
#include "evse/limits.h"

namespace evse {

void Controller::test_residual(const Inputs& in) {
  // As soon as an offer begins, and again where the vehicle asks too late for that one.
  const bool late = phase_ == Phase::Testing && !residual_.passed(now_us_);
  if ((test_due_ || late) && !residual_.testing() && !outputs_.contactor_main && mirrors_open(in)) {
    residual_.begin_test(now_us_);
    test_due_ = false;
  }
  outputs_.residual_test = residual_.injects();
}

PilotMode Controller::pilot_mode() const {
  if (plain()) return PilotMode::SteadyPositive;
  switch (phase_) {
    case Phase::Offering:
    case Phase::Testing:
    case Phase::Charging:
      return wake_up_.running() ? wake_up_.mode() : PilotMode::Pwm;
    case Phase::Idle:
    case Phase::Plugged:
    case Phase::Stopping:
      return PilotMode::SteadyPositive;
    case Phase::Unavailable:
    case Phase::Recovering:
    case Phase::Faulted:
      break;
  }
  const bool shown = !permission_.command().available || state_f_shown_;
  return shown ? PilotMode::SteadyNegative : PilotMode::SteadyPositive;
}

void Controller::drive_pilot() {
  if (state_f_due_) {
    state_f_due_ = false;
    state_f_shown_ = true;
    state_f_us_ = now_us_;
  } else if (phase_ == Phase::Unavailable && !permission_.command().available) {
    if (!state_f_shown_) state_f_us_ = now_us_;
    state_f_shown_ = true;
  } else if (now_us_ - state_f_us_ >= kStateFUs) {
    state_f_shown_ = false;
  }
  const PilotMode mode = pilot_mode();
  if (mode == PilotMode::SteadyPositive && outputs_.pilot_mode != mode) steady_us_ = now_us_;
  outputs_.pilot_mode = mode;
  const bool pwm = mode == PilotMode::Pwm;
  if (pwm) vehicle_saw_pwm_ = true;
  outputs_.pilot_duty_ppm = pwm ? static_cast<int32_t>(offer_.duty()) : 1000000;
}

void Controller::drive(const Inputs& in) {
  if (offering()) offer_.follow(now_us_, target_ma_);
  over_current_.limit(now_us_, plain() ? hardware_.rating_ma : offer_.current_ma());
  drive_pilot();
  outputs_.contactor_main = closing();
  outputs_.contactor_l2l3 = closing() && offered_phases_ == 3;
  test_residual(in);
  const bool closed = outputs_.contactor_main || !mirrors_open(in);
  lock_.tick(now_us_, permission_.lock_wanted() && proximity_.present(), closed, in.lock_feedback);
  outputs_.lock = lock_.driven();
  // State F may last for hours, and nobody knows who is still there.
  const bool in_f = outputs_.pilot_mode == PilotMode::SteadyNegative;
  outputs_.ventilation =
      hardware_.ventilation && !in_f && view_.state == PilotState::D && permission_.given();
}

}  // namespace evse

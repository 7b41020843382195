#include "evse/pilot.h"

#include "evse/limits.h"

namespace evse {

PilotState classify(int32_t high_mv, PilotState before) {
  int state = 0;
  for (int i = 0; i < 4; ++i) {
    const bool was_below = static_cast<int>(before) > i;
    const int32_t boundary_mv =
        kStateBoundaryMv[i] + (was_below ? kStateHysteresisMv : -kStateHysteresisMv);
    if (high_mv < boundary_mv) state = i + 1;
  }
  return static_cast<PilotState>(state);
}

void Pilot::tick(uint64_t now_us, const Inputs& in, bool suspended) {
  visible_ = !suspended && in.pilot_n_high > 0 && in.pilot_age_us <= kPilotStaleUs;
  looked_ = sighted_.lasts(visible_, now_us, kPilotFilterUs);
  if (!visible_) {
    same_.clear();
    return;
  }
  const PilotState seen = classify(in.pilot_high_mv, state_);
  if (seen != now_) same_.clear();
  now_ = seen;
  if (same_.lasts(true, now_us, kPilotFilterUs)) {
    state_ = now_;
    known_ = true;
  }
}

}  // namespace evse

#include "evse/proximity.h"

#include "evse/limits.h"

namespace evse {

uint32_t Proximity::classify(uint16_t mv) const {
  if (mv < kProximity60OhmMv || mv > kProximity4500OhmMv) return 0;
  if (mv <= kProximity140OhmMv) return largest_ma_;
  if (mv <= kProximity308OhmMv) return 32000;
  if (mv <= kProximity936OhmMv) return 20000;
  return 13000;
}

void Proximity::tick(uint64_t now_us, const Inputs& in, bool vehicle_now, bool vehicle) {
  const uint32_t seen_ma = classify(in.proximity_mv);
  if (seen_ma != now_ma_) same_.clear();
  now_ma_ = seen_ma;
  if (same_.lasts(true, now_us, kProximityFilterUs)) rating_ma_ = now_ma_;
  // A short is no cable that anybody makes, and yet something is in there.
  const bool in_now = in.proximity_mv <= kProximity4500OhmMv;
  if (in_.lasts(in_now, now_us, kProximityFilterUs)) present_ = true;
  if (out_.lasts(!in_now, now_us, kProximityFilterUs)) present_ = false;
  // Both have to be seen at once: a plug that is pulled or put in moves both pilots, and this one
  // is filtered for longer.
  const bool outside = seen_ma == 0 && vehicle_now && vehicle;
  invalid_ = outside_.lasts(outside, now_us, kProximityFilterUs);
}

}  // namespace evse

#include "evse/overcurrent.h"

#include "evse/limits.h"

namespace evse {

void OverCurrent::limit(uint64_t now_us, uint32_t limit_ma) {
  if (limit_ma == limit_ma_) return;
  if (limit_ma < limit_ma_) {
    Grace& oldest = grace_[0].until_us <= grace_[1].until_us ? grace_[0] : grace_[1];
    oldest.limit_ma = limit_ma_;
    oldest.until_us = now_us + kReductionGraceUs;
  }
  limit_ma_ = limit_ma;
}

uint32_t OverCurrent::limit_ma(uint64_t now_us) const {
  uint32_t largest_ma = limit_ma_;
  for (const Grace& grace : grace_) {
    if (now_us < grace.until_us && grace.limit_ma > largest_ma) largest_ma = grace.limit_ma;
  }
  return largest_ma;
}

void OverCurrent::tick(uint64_t now_us, uint32_t highest_ma, bool closed) {
  const uint32_t largest_ma = limit_ma(now_us);
  const uint32_t most_ma = largest_ma * kOverCurrentPercent / 100 + kOverCurrentPlusMa;
  over_ = above_.lasts(closed && highest_ma > most_ma, now_us, kOverCurrentUs);
  const uint32_t short_ma = largest_ma > kShortCircuitLeastMa ? largest_ma : kShortCircuitLeastMa;
  const bool inrush = now_us - closed_us_ < kInrushUs;
  // Inrush opens nothing; what still flows when its time is over has had its 100 ms.
  shorted_ = far_above_.lasts(closed && highest_ma > 2 * short_ma, now_us, kShortCircuitUs) &&
             !inrush;
}

}  // namespace evse

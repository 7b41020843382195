#include "evse/faults.h"

namespace evse {

void Faults::reset(uint64_t now_us, const Memory& memory) {
  *this = Faults();
  reset_us_ = now_us;
  for (int i = 0; i < Memory::kLog; ++i) log_[i] = memory.log[i];
  if (memory.welded) held_ = bit(FaultCode::ContactorWelded);
}

bool Faults::retries_used_up(int number, uint64_t now_us) const {
  for (const uint64_t healed_us : healed_us_[number]) {
    if (healed_us == 0 || now_us - healed_us >= kRetriesUs) return false;
  }
  return true;
}

void Faults::raise(int number, uint64_t now_us) {
  const uint32_t fault = 1u << number;
  held_ |= fault;
  if ((fault & kHealing) != 0 && retries_used_up(number, now_us)) latched_ |= fault;
  for (int i = Memory::kLog - 1; i > 0; --i) log_[i] = log_[i - 1];
  log_[0].number = static_cast<uint8_t>(number + 1);
  log_[0].uptime_s = static_cast<uint32_t>((now_us - reset_us_) / kSecond);
}

// The cause is gone.
Faults::End Faults::ends(int number, uint64_t now_us, bool gone, bool acknowledged) const {
  const uint32_t fault = 1u << number;
  if (acknowledged) return End::ByPeople;
  if ((fault & kCooling) != 0) return End::Healed;
  if ((fault & kAcknowledged) != 0) return End::Not;
  const bool latched = (fault & (kUnplugged | latched_)) != 0;
  if (gone && (latched || (fault & kOfInstallation) == 0)) return End::ByPeople;
  return !latched && now_us - gone_us_[number] >= kCauseGoneUs ? End::Healed : End::Not;
}

void Faults::tick(uint64_t now_us, uint32_t causes, bool gone, bool acknowledged) {
  for (uint32_t left = held_ | causes; left != 0; left &= left - 1) {
    const int number = __builtin_ctz(left);
    const uint32_t fault = 1u << number;
    if ((causes & fault) != 0) {
      if ((held_ & fault) == 0) raise(number, now_us);
      causes_ |= fault;
      continue;
    }
    if ((causes_ & fault) != 0) {
      causes_ &= ~fault;
      gone_us_[number] = now_us;
    }
    const End end = ends(number, now_us, gone, acknowledged);
    if (end == End::Not) continue;
    held_ &= ~fault;
    latched_ &= ~fault;
    uint64_t* healed_us = healed_us_[number];
    if (end == End::ByPeople) {
      for (int i = 0; i < kRetries; ++i) healed_us[i] = 0;
    } else {
      for (int i = kRetries - 1; i > 0; --i) healed_us[i] = healed_us[i - 1];
      healed_us[0] = now_us;
    }
  }
}

}  // namespace evse

#include "ocpp/charging_limits.h"

namespace evse::ocpp {

namespace {

int64_t least(const Claim& claim) {
  const int64_t wanted = claim.least_ua > kLeastOfferUa ? claim.least_ua : kLeastOfferUa;
  return wanted < claim.most_ua ? wanted : claim.most_ua;
}

int64_t at_level(int64_t level_ua, const Claim& claim) {
  const int64_t wanted = level_ua > least(claim) ? level_ua : least(claim);
  return wanted < claim.most_ua ? wanted : claim.most_ua;
}

// The current that everybody gets at most, so that the cap is just used.
int64_t level_of(int64_t cap, const Claim* claims, const bool* admitted, int count) {
  const auto taken = [&](int64_t level_ua) {
    int64_t sum = 0;
    for (int i = 0; i < count; ++i) {
      if (admitted[i]) sum += at_level(level_ua, claims[i]) * claims[i].weight;
    }
    return sum;
  };
  int64_t level_ua = 0;
  for (;;) {
    // The next bend of what is taken: between two of them it rises in a straight line.
    int64_t next_ua = INT64_MAX;
    for (int i = 0; i < count; ++i) {
      if (!admitted[i]) continue;
      const int64_t bends[] = {least(claims[i]), claims[i].most_ua};
      for (int64_t bend : bends) {
        if (bend > level_ua && bend < next_ua) next_ua = bend;
      }
    }
    if (next_ua == INT64_MAX) return level_ua;
    const int64_t here = taken(level_ua);
    const int64_t there = taken(next_ua);
    if (there > cap) {
      // In milliamperes, so that the product fits: what is lost is less than one.
      if (there - here < 1000) return level_ua;
      return level_ua + (cap - here) / 1000 * ((next_ua - level_ua) / 1000) /
                            ((there - here) / 1000) * 1000;
    }
    level_ua = next_ua;
  }
}

}  // namespace

void share(int64_t cap, const Claim* claims, int count, int64_t* granted_ua) {
  if (count == 1) {
    // One alone has no need to share: it gets what there is, be it of use or not.
    const int64_t all = cap / claims[0].weight;
    granted_ua[0] = all < claims[0].most_ua ? all : claims[0].most_ua;
    return;
  }
  bool admitted[kConnectors] = {};
  int64_t left = cap;
  for (int i = 0; i < count; ++i) {
    const int64_t needs = least(claims[i]) * claims[i].weight;
    admitted[i] = claims[i].most_ua >= kLeastOfferUa && needs <= left;
    if (admitted[i]) left -= needs;
  }
  const int64_t level_ua = level_of(cap, claims, admitted, count);
  for (int i = 0; i < count; ++i) {
    granted_ua[i] = admitted[i] ? at_level(level_ua, claims[i]) : 0;
  }
}

ChargingLimits::Found ChargingLimits::maximum(int64_t utc_us) const {
  Found found;
  for (int i = 0; i < count_; ++i) {
    const ChargingProfile& each = profiles_[i];
    if (!each.installed || each.purpose != ProfilePurpose::ChargePointMax) continue;
    // One without a start counts from its installation.
    const Period* period = period_at(each, utc_us, each.installed_utc_us);
    if (period == nullptr) continue;
    if (found.profile == nullptr || each.stack_level > found.profile->stack_level) {
      found = {&each, period};
    }
  }
  return found;
}

// A TxProfile overrules a TxDefaultProfile of the connector, which overrules one of all
// connectors (OCPP 1.6 3.13.1); among those of one kind the stack level decides.
ChargingLimits::Found ChargingLimits::own(const Outlet& outlet, int64_t utc_us) const {
  Found found;
  int64_t best = -1;
  for (int i = 0; i < count_; ++i) {
    const ChargingProfile& each = profiles_[i];
    const bool mine = each.connector == outlet.number;
    const bool for_all = each.connector == 0 && each.purpose == ProfilePurpose::TxDefault;
    if (!each.installed || !(mine || for_all)) continue;
    const Period* period = period_at(each, utc_us, outlet.charging_from_us);
    if (period == nullptr) continue;
    const int64_t group = each.purpose == ProfilePurpose::Tx ? 2 : mine ? 1 : 0;
    const int64_t rank = group * 0x100000000 + each.stack_level;
    if (rank <= best) continue;
    best = rank;
    found = {&each, period};
  }
  return found;
}

void ChargingLimits::claim(const Outlet& outlet, const Found& cap, int64_t utc_us, Claim& claim,
                           int& phases) const {
  const Found found = own(outlet, utc_us);
  int wanted = 3;
  const Found* const both[] = {&found, &cap};
  for (const Found* one : both) {
    if (one->period != nullptr && one->period->phases < wanted) wanted = one->period->phases;
  }
  // The contactor has L1 alone, or all three: two phases are not to be had.
  phases = outlet.switches && wanted < 3 ? 1 : outlet.phases;
  const int64_t line_v = voltage_v_ * phases;
  claim.most_ua = outlet.rating_ua;
  claim.least_ua = 0;
  if (found.profile != nullptr) {
    // Amperes hold as they are however many phases the profile speaks of (errata 3.34).
    const int64_t divisor = found.profile->unit == RateUnit::Amperes ? 1 : line_v;
    const int64_t limit_ua = int64_t{found.period->limit_tenths} * 100000 / divisor;
    if (limit_ua < claim.most_ua) claim.most_ua = limit_ua;
    claim.least_ua = int64_t{found.profile->min_rate_tenths} * 100000 / divisor;
  }
  const bool in_watts = cap.profile != nullptr && cap.profile->unit == RateUnit::Watts;
  claim.weight = in_watts ? line_v : 1;
}

Limit ChargingLimits::limit(int64_t current_ua, int phases) const {
  return {current_ua, current_ua * voltage_v_ * phases / 1000, phases};
}

void ChargingLimits::at(const Outlet* outlets, int count, int64_t utc_us, Limit* limits) const {
  const Found cap = maximum(utc_us);
  Claim claims[kConnectors];
  int phases[kConnectors] = {};
  int64_t granted_ua[kConnectors] = {};
  for (int i = 0; i < count; ++i) {
    claim(outlets[i], cap, utc_us, claims[i], phases[i]);
    granted_ua[i] = claims[i].most_ua;
  }
  if (cap.period != nullptr && count > 0) {
    share(int64_t{cap.period->limit_tenths} * 100000, claims, count, granted_ua);
  }
  for (int i = 0; i < count; ++i) limits[i] = limit(granted_ua[i], phases[i]);
}

Limit ChargingLimits::total(const Outlet* outlets, int count, int64_t utc_us) const {
  const Found cap = maximum(utc_us);
  Limit sum = {0, 0, 1};
  for (int i = 0; i < count; ++i) {
    Claim one;
    int phases = 0;
    claim(outlets[i], cap, utc_us, one, phases);
    sum.current_ua += one.most_ua;
    sum.power_mw += limit(one.most_ua, phases).power_mw;
    if (outlets[i].phases > sum.phases) sum.phases = outlets[i].phases;
  }
  if (cap.period == nullptr) return sum;
  const int64_t line_v = voltage_v_ * sum.phases;
  const bool in_watts = cap.profile->unit == RateUnit::Watts;
  const int64_t tenths = cap.period->limit_tenths;
  const int64_t current_ua = in_watts ? tenths * 100000 / line_v : tenths * 100000;
  const int64_t power_mw = in_watts ? tenths * 100 : tenths * 100 * line_v;
  if (current_ua < sum.current_ua) sum.current_ua = current_ua;
  if (power_mw < sum.power_mw) sum.power_mw = power_mw;
  return sum;
}

int64_t ChargingLimits::change_after(const Outlet* outlets, int count, int64_t utc_us) const {
  int64_t next = kUtcNever;
  for (int i = 0; i < count_; ++i) {
    const ChargingProfile& each = profiles_[i];
    if (!each.installed) continue;
    if (each.purpose == ProfilePurpose::ChargePointMax) {
      const int64_t change = next_change(each, utc_us, each.installed_utc_us);
      if (change < next) next = change;
      continue;
    }
    for (int j = 0; j < count; ++j) {
      if (each.connector != 0 && each.connector != outlets[j].number) continue;
      const int64_t change = next_change(each, utc_us, outlets[j].charging_from_us);
      if (change < next) next = change;
    }
  }
  return next;
}

}  // namespace evse::ocpp

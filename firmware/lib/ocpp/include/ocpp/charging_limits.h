// What a set of profiles allows each connector at an instant: a pure function of both (decision
// "How limits add up"). Currents are microamperes per phase, instants microseconds since 1970 UTC.
#pragma once

#include <stdint.h>

#include "ocpp/charging_profile.h"

namespace evse::ocpp {

// Below it a control pilot can offer nothing (IEC 61851-1 Table A.7).
constexpr int64_t kLeastOfferUa = 6000000;

// A connector with a transaction, as far as limits go.
struct Outlet {
  int number = 0;
  int64_t rating_ua = 0;
  int phases = 3;
  bool switches = true;  // it can use one of its three phases alone
  int64_t charging_from_us = 0;
};

struct Limit {
  int64_t current_ua = 0;
  int64_t power_mw = 0;  // over all phases
  int phases = 3;        // that may be used
};

// What a connector could take of a limit of the whole charge point.
struct Claim {
  int64_t most_ua = 0;
  int64_t least_ua = 0;  // less is no use to it
  int64_t weight = 1;    // how much of what is shared one ampere takes
};

// Shares `cap` (in microamperes times weight) among claims in the order of precedence: everybody
// the same current, or all he can take if that is less; who cannot have the least he needs gets
// nothing, the last ones first.
void share(int64_t cap, const Claim* claims, int count, int64_t* granted_ua);

class ChargingLimits {
 public:
  ChargingLimits(const ChargingProfile* profiles, int count, int64_t voltage_v)
      : profiles_(profiles), count_(count), voltage_v_(voltage_v) {}

  // The limit of each outlet, which come in the order of precedence.
  void at(const Outlet* outlets, int count, int64_t utc_us, Limit* limits) const;
  // What the whole charge point may draw if all of them charge.
  Limit total(const Outlet* outlets, int count, int64_t utc_us) const;
  // The first instant after `utc_us` at which a limit may be another.
  int64_t change_after(const Outlet* outlets, int count, int64_t utc_us) const;

 private:
  struct Found {
    const ChargingProfile* profile = nullptr;
    const Period* period = nullptr;
  };
  Found maximum(int64_t utc_us) const;
  Found own(const Outlet& outlet, int64_t utc_us) const;
  void claim(const Outlet& outlet, const Found& cap, int64_t utc_us, Claim& claim,
             int& phases) const;
  Limit limit(int64_t current_ua, int phases) const;

  const ChargingProfile* profiles_;
  int count_;
  int64_t voltage_v_;
};

}  // namespace evse::ocpp

// A charging profile (OCPP 1.6 7.8 to 7.14), and what it says at an instant.
//
// Numbers of a schedule are in tenths of its unit, as the wire has one decimal. Instants are
// microseconds since 1970 UTC.
#pragma once

#include <stdint.h>

#include "ocpp/bytes.h"
#include "ocpp/json.h"
#include "ocpp/sizes.h"

namespace evse::ocpp {

enum class ProfilePurpose : uint8_t { ChargePointMax, TxDefault, Tx };
enum class ProfileKind : uint8_t { Absolute, Recurring, Relative };
enum class RateUnit : uint8_t { Amperes, Watts };  // per phase; over all phases

constexpr int64_t kUtcNever = INT64_MAX;
constexpr int64_t kUtcNone = -1;

struct Period {
  int32_t start_s = 0;
  int32_t limit_tenths = 0;
  uint8_t phases = 3;
};

struct ChargingProfile {
  bool installed = false;
  uint8_t connector = 0;  // 0: the charge point, or each of its connectors
  int64_t installed_utc_us = 0;
  int32_t id = 0;
  int32_t stack_level = 0;
  ProfilePurpose purpose = ProfilePurpose::Tx;
  ProfileKind kind = ProfileKind::Absolute;
  RateUnit unit = RateUnit::Amperes;
  int64_t round_us = 0;  // after which a recurring schedule begins again; 0: it does not
  bool has_transaction = false;
  int32_t transaction = 0;
  int64_t valid_from_us = kUtcNone;
  int64_t valid_to_us = kUtcNever;
  int64_t start_us = kUtcNone;  // of an absolute or recurring schedule
  int32_t duration_s = -1;      // below 0: it goes on
  int32_t min_rate_tenths = 0;
  int count = 0;
  Period periods[kPeriods];
};

void encode(const ChargingProfile& profile, BytesOut& out);
void decode(BytesIn& in, ChargingProfile& profile);

// What no charger could follow: the code of the CALLERROR, and what is wrong where.
struct Malformed {
  const char* code = nullptr;
  const char* what = "";
};

// Reads a profile that its schema has passed. `count` may come out above kPeriods: then only the
// first ones were kept.
Malformed read_profile(const Json* payload, ChargingProfile& profile);

// When a schedule's time is 0, kUtcNone: never. `charging_from_us`: when the charge began.
int64_t start_of(const ChargingProfile& profile, int64_t charging_from_us);

// The period in force at an instant, null: the profile says nothing then. It is valid from
// validFrom on and no longer at validTo.
const Period* period_at(const ChargingProfile& profile, int64_t utc_us, int64_t charging_from_us);

// The first instant after `utc_us` at which it may say something else; kUtcNever: none.
int64_t next_change(const ChargingProfile& profile, int64_t utc_us, int64_t charging_from_us);

}  // namespace evse::ocpp

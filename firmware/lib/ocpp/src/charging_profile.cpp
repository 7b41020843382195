#include "ocpp/charging_profile.h"

#include "ocpp/frames.h"
#include "ocpp/utc.h"

namespace evse::ocpp {

namespace {

constexpr int64_t kSecond = 1000000;
constexpr int64_t kDay = 86400 * kSecond;

enum Flag : uint8_t { kInstalled = 1, kTransaction = 2, kDaily = 4, kWeekly = 8 };

// In tenths. False: below 0, or with more than one decimal. What 32 bits do not hold is more than
// any charger has, and no limit.
bool tenths_of(const Json* value, int32_t& tenths) {
  // A limit that somebody has computed in binary is off by less than a millionth.
  constexpr int64_t kTenth = 100000;
  const Decimal millionths = decimal_of(*value, 6);
  if (millionths.value < 0) return false;
  if (millionths.value >= INT32_MAX * kTenth) {
    tenths = INT32_MAX;
    return true;
  }
  tenths = static_cast<int32_t>((millionths.value + kTenth / 2) / kTenth);
  const int64_t error = millionths.value - tenths * kTenth;
  return error >= -1 && error <= 1;
}

Malformed violation(const char* what) { return {kPropertyConstraintViolation, what}; }

bool read_instant(const Json* object, const char* name, int64_t& utc_us) {
  const char* text = text_of(object, name);
  return *text == '\0' || parse_utc(text, utc_us);
}

Malformed read_periods(const Json* list, ChargingProfile& profile) {
  int32_t before_s = -1;
  profile.count = 0;
  for (const Json* each = first_of(list); each != nullptr; each = each->next()) {
    Period period;
    period.start_s = integer_of(each, "startPeriod");
    const int32_t phases = integer_of(each, "numberPhases", 3);
    if (!tenths_of(field(each, "limit"), period.limit_tenths)) {
      return violation("chargingSchedulePeriod.limit: 0 or more, with one decimal at most");
    }
    if (phases < 1 || phases > 3) {
      return violation("chargingSchedulePeriod.numberPhases: 1, 2 or 3");
    }
    if (profile.count == 0 && period.start_s != 0) {
      return violation("chargingSchedulePeriod.startPeriod: the first is 0 (section 7.14)");
    }
    if (period.start_s <= before_s) {
      return violation("chargingSchedulePeriod.startPeriod: it has to rise from one to the next");
    }
    before_s = period.start_s;
    period.phases = static_cast<uint8_t>(phases);
    if (profile.count < kPeriods) profile.periods[profile.count] = period;
    ++profile.count;
  }
  if (profile.count == 0) {
    return {kOccurenceConstraintViolation,
            "chargingSchedulePeriod: at least one is needed (section 7.13)"};
  }
  return {};
}

}  // namespace

Malformed read_profile(const Json* payload, ChargingProfile& profile) {
  profile = ChargingProfile();
  const Json* schedule = field(payload, "chargingSchedule");
  const Malformed periods = read_periods(field(schedule, "chargingSchedulePeriod"), profile);
  if (periods.code != nullptr) return periods;
  profile.id = integer_of(payload, "chargingProfileId");
  profile.stack_level = integer_of(payload, "stackLevel");
  const char* purpose = text_of(payload, "chargingProfilePurpose");
  profile.purpose = equal(purpose, "TxProfile")          ? ProfilePurpose::Tx
                    : equal(purpose, "TxDefaultProfile") ? ProfilePurpose::TxDefault
                                                         : ProfilePurpose::ChargePointMax;
  const char* kind = text_of(payload, "chargingProfileKind");
  profile.kind = equal(kind, "Absolute")    ? ProfileKind::Absolute
                 : equal(kind, "Recurring") ? ProfileKind::Recurring
                                            : ProfileKind::Relative;
  profile.unit =
      equal(text_of(schedule, "chargingRateUnit"), "A") ? RateUnit::Amperes : RateUnit::Watts;
  if (field(schedule, "duration") != nullptr) {
    profile.duration_s = integer_of(schedule, "duration");
    if (profile.duration_s < 0) return violation("chargingSchedule.duration: 0 or more");
  }
  const Json* min_rate = field(schedule, "minChargingRate");
  if (min_rate != nullptr && !tenths_of(min_rate, profile.min_rate_tenths)) {
    return violation("chargingSchedule.minChargingRate: 0 or more, with one decimal at most");
  }
  if (!read_instant(schedule, "startSchedule", profile.start_us)) {
    return violation("chargingSchedule.startSchedule: it is no time");
  }
  if (profile.kind == ProfileKind::Recurring) {
    const char* round = text_of(payload, "recurrencyKind");
    if (*round == '\0') return violation("recurrencyKind: a recurring profile needs it");
    profile.round_us = equal(round, "Daily") ? kDay : 7 * kDay;
    if (profile.start_us == kUtcNone) {
      return violation("chargingSchedule.startSchedule: a recurring profile needs it");
    }
  }
  if (profile.stack_level < 0) return violation("stackLevel: 0 is the lowest (section 7.8)");
  profile.has_transaction = field(payload, "transactionId") != nullptr;
  profile.transaction = integer_of(payload, "transactionId");
  if (profile.has_transaction && profile.purpose != ProfilePurpose::Tx) {
    return violation("transactionId: only a TxProfile has one (section 7.8)");
  }
  if (!read_instant(payload, "validFrom", profile.valid_from_us)) {
    return violation("validFrom: it is no time");
  }
  if (!read_instant(payload, "validTo", profile.valid_to_us)) {
    return violation("validTo: it is no time");
  }
  if (profile.valid_to_us <= profile.valid_from_us) {
    return violation("validTo: it has to be after validFrom");
  }
  return {};
}

void encode(const ChargingProfile& profile, BytesOut& out) {
  const int flags = (profile.installed ? kInstalled : 0) |
                    (profile.has_transaction ? kTransaction : 0) |
                    (profile.round_us == kDay ? kDaily : 0) |
                    (profile.round_us == 7 * kDay ? kWeekly : 0);
  out.u8(static_cast<uint8_t>(flags)).u8(profile.connector).i64(profile.installed_utc_us);
  out.i32(profile.id).i32(profile.stack_level).i32(profile.transaction);
  out.u8(static_cast<uint8_t>(profile.purpose)).u8(static_cast<uint8_t>(profile.kind));
  out.u8(static_cast<uint8_t>(profile.unit));
  out.i64(profile.valid_from_us).i64(profile.valid_to_us).i64(profile.start_us);
  out.i32(profile.duration_s).i32(profile.min_rate_tenths);
  out.u8(static_cast<uint8_t>(profile.count));
  for (const Period& period : profile.periods) {
    out.i32(period.start_s).i32(period.limit_tenths).u8(period.phases);
  }
}

void decode(BytesIn& in, ChargingProfile& profile) {
  const uint8_t flags = in.u8();
  profile.installed = (flags & kInstalled) != 0;
  profile.has_transaction = (flags & kTransaction) != 0;
  profile.round_us = (flags & kDaily) != 0 ? kDay : (flags & kWeekly) != 0 ? 7 * kDay : 0;
  profile.connector = in.u8();
  profile.installed_utc_us = in.i64();
  profile.id = in.i32();
  profile.stack_level = in.i32();
  profile.transaction = in.i32();
  profile.purpose = static_cast<ProfilePurpose>(in.u8());
  profile.kind = static_cast<ProfileKind>(in.u8());
  profile.unit = static_cast<RateUnit>(in.u8());
  profile.valid_from_us = in.i64();
  profile.valid_to_us = in.i64();
  profile.start_us = in.i64();
  profile.duration_s = in.i32();
  profile.min_rate_tenths = in.i32();
  profile.count = in.u8();
  if (profile.count > kPeriods) profile.installed = false;  // of a larger firmware
  for (Period& period : profile.periods) {
    period.start_s = in.i32();
    period.limit_tenths = in.i32();
    period.phases = in.u8();
  }
}

int64_t start_of(const ChargingProfile& profile, int64_t charging_from_us) {
  // A schedule without a start of its own counts from the start of charging (7.9, 7.13).
  const bool own = profile.kind != ProfileKind::Relative && profile.start_us != kUtcNone;
  return own ? profile.start_us : charging_from_us;
}

const Period* period_at(const ChargingProfile& profile, int64_t utc_us,
                        int64_t charging_from_us) {
  if (utc_us < profile.valid_from_us || utc_us >= profile.valid_to_us) return nullptr;
  const int64_t start_us = start_of(profile, charging_from_us);
  // A recurring schedule has not begun before its startSchedule.
  if (start_us == kUtcNone || utc_us < start_us) return nullptr;
  int64_t elapsed_us = utc_us - start_us;
  // One that is longer than its round is cut, a shorter one leaves the rest to others (7.11).
  if (profile.round_us != 0) elapsed_us %= profile.round_us;
  if (profile.duration_s >= 0 && elapsed_us >= profile.duration_s * kSecond) return nullptr;
  const Period* found = &profile.periods[0];
  for (int i = 0; i < profile.count; ++i) {
    if (profile.periods[i].start_s * kSecond <= elapsed_us) found = &profile.periods[i];
  }
  return found;
}

int64_t next_change(const ChargingProfile& profile, int64_t utc_us, int64_t charging_from_us) {
  int64_t next = kUtcNever;
  const auto consider = [&](int64_t instant_us) {
    if (instant_us > utc_us && instant_us < next) next = instant_us;
  };
  if (profile.valid_from_us != kUtcNone) consider(profile.valid_from_us);
  consider(profile.valid_to_us);
  int64_t start_us = start_of(profile, charging_from_us);
  if (start_us == kUtcNone) return next;
  if (profile.round_us != 0) {
    const int64_t elapsed_us = utc_us > start_us ? utc_us - start_us : 0;
    start_us += elapsed_us / profile.round_us * profile.round_us;
    consider(start_us + profile.round_us);
  }
  const auto consider_offset = [&](int64_t offset_us) {
    if (profile.round_us == 0 || offset_us < profile.round_us) consider(start_us + offset_us);
  };
  for (int i = 0; i < profile.count; ++i) consider_offset(profile.periods[i].start_s * kSecond);
  if (profile.duration_s >= 0) consider_offset(profile.duration_s * kSecond);
  return next;
}

}  // namespace evse::ocpp

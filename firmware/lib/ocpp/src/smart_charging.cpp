#include "ocpp/smart_charging.h"

#include "ocpp/charge_point.h"
#include "ocpp/utc.h"

namespace evse::ocpp {

namespace {

store::Record record(hal::Fram& fram, int place) {
  return {fram, kProfilesAt + place * store::Record::bytes(kProfileBytes), kProfileBytes};
}

}  // namespace

SmartCharging::SmartCharging(ChargePoint& cp, hal::Fram& fram)
    : cp_(cp),
      records_{record(fram, 0), record(fram, 1), record(fram, 2), record(fram, 3),
               record(fram, 4), record(fram, 5), record(fram, 6), record(fram, 7)} {
  static_assert(kProfiles == 8, "one record each");
}

void SmartCharging::power_on() {
  for (int i = 0; i < kProfiles; ++i) {
    uint8_t data[kProfileBytes];
    if (!records_[i].load(data)) continue;
    BytesIn in(data);
    decode(in, profiles_[i]);
    // No transaction goes on over a restart, and no profile of one.
    if (profiles_[i].purpose == ProfilePurpose::Tx) profiles_[i].installed = false;
  }
}

ChargingLimits SmartCharging::limits() const {
  return {profiles_, kProfiles, cp_.settings.nominal_voltage_v};
}

// --- remote starts ---

bool SmartCharging::admit(const MessageId& id, const Connector& connector, const Json* profile,
                          bool& answered) {
  const Malformed malformed = read_profile(profile, read_);
  answered = malformed.code != nullptr;
  if (answered) {
    cp_.calls.refuse(id, malformed.code, malformed.what);
    return false;
  }
  const char* why = refusal(connector.number, read_);
  if (read_.purpose != ProfilePurpose::Tx || read_.has_transaction) {
    why = "a remote start has a TxProfile without an id";
  }
  if (why != nullptr) cp_.event(connector.number, why);
  return why == nullptr;
}

// From its acceptance on it is a profile as any other (decision "How limits add up"); it goes
// where the remote start comes to nothing.
void SmartCharging::promise(const Connector& connector, const Json* profile) {
  read_profile(profile, read_);
  if (install(connector.number, read_)) promised_[connector.number - 1] = true;
  follow();  // it may have taken another's place
}

// --- calls ---

void SmartCharging::set(const MessageId& id, const Json* payload) {
  const int number = integer_of(payload, "connectorId");
  if (number != 0 && cp_.connector(number) == nullptr) {
    cp_.calls.refuse(id, kPropertyConstraintViolation, "connectorId: there is no such connector");
    return;
  }
  const Malformed malformed = read_profile(field(payload, "csChargingProfiles"), read_);
  if (malformed.code != nullptr) {
    cp_.calls.refuse(id, malformed.code, malformed.what);
    return;
  }
  const char* why = refusal(number, read_);
  if (why == nullptr) why = mismatch(number, read_);
  if (why == nullptr && !install(number, read_)) why = "the memory fails";
  if (why != nullptr) {
    cp_.event(number, Text<120>("charging profile rejected: ").add(why));
    cp_.calls.status(id, "Rejected");
    return;
  }
  cp_.calls.status(id, "Accepted");
  follow();
}

void SmartCharging::clear(const MessageId& id, const Json* payload) {
  bool found = false;
  for (int i = 0; i < kProfiles; ++i) {
    const ChargingProfile& each = profiles_[i];
    if (!each.installed) continue;
    bool wanted = true;
    if (field(payload, "id") != nullptr) {
      // An id decides alone (OCPP 1.6 5.5).
      wanted = integer_of(payload, "id") == each.id;
    } else {
      constexpr const char* kPurposes[] = {"ChargePointMaxProfile", "TxDefaultProfile",
                                           "TxProfile"};
      const char* own = kPurposes[static_cast<int>(each.purpose)];
      wanted = integer_of(payload, "connectorId", each.connector) == each.connector &&
               integer_of(payload, "stackLevel", each.stack_level) == each.stack_level &&
               equal(text_of(payload, "chargingProfilePurpose", own), own);
    }
    if (wanted) found = remove(i) || found;
  }
  cp_.calls.status(id, found ? "Accepted" : "Unknown");
  if (found) follow();
}

// Null: it fits this charger.
const char* SmartCharging::refusal(int connector, const ChargingProfile& profile) const {
  if (profile.stack_level > kStackLevels) return "stackLevel above ChargeProfileMaxStackLevel";
  if (profile.count > kPeriods) return "more periods than ChargingScheduleMaxPeriods";
  if (profile.purpose == ProfilePurpose::ChargePointMax) {
    if (connector != 0) return "a ChargePointMaxProfile is for connector 0";
    if (profile.kind == ProfileKind::Relative) return "no transaction to be relative to";
  }
  if (profile.purpose == ProfilePurpose::Tx && connector == 0) {
    return "a TxProfile is for a connector above 0";
  }
  for (const ChargingProfile& each : profiles_) {
    if (!each.installed || gives_way(each, connector, profile) || is_over(each)) return nullptr;
  }
  return "there are MaxChargingProfilesInstalled already";
}

// Null: it belongs to what runs on its connector (OCPP 1.6 5.16).
const char* SmartCharging::mismatch(int connector, const ChargingProfile& profile) const {
  if (profile.purpose != ProfilePurpose::Tx) return nullptr;
  const Connector* where = cp_.connector(connector);
  const Transaction* transaction = where == nullptr ? nullptr : where->transaction;
  if (transaction == nullptr || transaction->stopping()) {
    return "a TxProfile needs a running transaction";
  }
  const bool same = transaction->numbered && profile.transaction == transaction->number;
  return profile.has_transaction && !same ? "that transaction does not run here" : nullptr;
}

// What a new profile takes the place of (OCPP 1.6 5.16).
bool SmartCharging::gives_way(const ChargingProfile& each, int connector,
                              const ChargingProfile& to) const {
  return each.installed && (each.id == to.id || (each.connector == connector &&
                                                 each.purpose == to.purpose &&
                                                 each.stack_level == to.stack_level));
}

// Whether a profile says nothing now or later, even if a charge began now.
bool SmartCharging::is_over(const ChargingProfile& each) const {
  const int64_t from_us = each.purpose == ProfilePurpose::ChargePointMax ? each.installed_utc_us
                                                                         : cp_.utc_us();
  return period_at(each, cp_.utc_us(), from_us) == nullptr &&
         next_change(each, cp_.utc_us(), from_us) == kUtcNever;
}

bool SmartCharging::install(int connector, const ChargingProfile& profile) {
  int place = -1;
  for (int i = 0; i < kProfiles; ++i) {
    if (gives_way(profiles_[i], connector, profile)) place = i;
  }
  for (int i = 0; place < 0 && i < kProfiles; ++i) {
    if (!profiles_[i].installed) place = i;
  }
  for (int i = 0; place < 0 && i < kProfiles; ++i) {
    if (is_over(profiles_[i])) place = i;
  }
  if (place < 0) return false;
  for (int i = 0; i < kProfiles; ++i) {
    if (i != place && gives_way(profiles_[i], connector, profile)) remove(i);
  }
  ChargingProfile installed = profile;
  installed.installed = true;
  installed.connector = static_cast<uint8_t>(connector);
  installed.installed_utc_us = cp_.utc_us();
  uint8_t data[kProfileBytes];
  BytesOut out(data);
  encode(installed, out);
  if (!records_[place].save(data)) return false;
  profiles_[place] = installed;
  return true;
}

bool SmartCharging::remove(int place) {
  ChargingProfile nothing;
  uint8_t data[kProfileBytes];
  BytesOut out(data);
  encode(nothing, out);
  if (!records_[place].save(data)) {
    cp_.event(profiles_[place].connector, "the memory fails: a charging profile stays");
    return false;
  }
  profiles_[place].installed = false;
  return true;
}

void SmartCharging::end_transaction(int connector) {
  for (int i = 0; i < kProfiles; ++i) {
    const ChargingProfile& each = profiles_[i];
    if (!each.installed || each.purpose != ProfilePurpose::Tx) continue;
    if (each.connector == connector) remove(i);
  }
}

// --- limits ---

void SmartCharging::ended(const Connector& connector) { end_transaction(connector.number); }

uint32_t SmartCharging::who_charges() const {
  uint32_t who = 0;
  for (const Connector& each : cp_) {
    const bool charges = each.transaction != nullptr && !each.suspended;
    who = who * 0x10001u + (charges ? each.transaction->local_id : 0);
  }
  return who;
}

void SmartCharging::look() {
  for (const Connector& each : cp_) {
    bool& promised = promised_[each.number - 1];
    if (!promised) continue;
    if (each.transaction != nullptr) {
      promised = false;
    } else if (!each.busy()) {
      promised = false;
      end_transaction(each.number);
      follow();
    }
  }
  if (charging_ != who_charges()) follow();
}

Outlet SmartCharging::outlet(const Connector& connector, int64_t if_idle_us) const {
  Outlet found;
  found.number = connector.number;
  found.rating_ua = int64_t{connector.hardware.rating_ma} * 1000;
  found.phases = connector.hardware.phases;
  found.switches = connector.hardware.phases == 3;
  found.charging_from_us = if_idle_us;
  if (connector.transaction != nullptr) {
    // The duration of a charge does not jump when the clock is set.
    found.charging_from_us =
        cp_.utc_us() - static_cast<int64_t>(cp_.now_us - connector.transaction->began_us);
  }
  return found;
}

// The connectors whose transactions may take energy, the oldest first.
int SmartCharging::active(Outlet (&outlets)[kConnectors], Connector* (&charging)[kConnectors],
                          int64_t if_idle_us) {
  int count = 0;
  for (Connector& each : cp_) {
    if (each.transaction == nullptr || each.suspended) continue;
    int at = count++;
    for (; at > 0 && charging[at - 1]->transaction->local_id > each.transaction->local_id; --at) {
      charging[at] = charging[at - 1];
    }
    charging[at] = &each;
  }
  for (int i = 0; i < count; ++i) outlets[i] = outlet(*charging[i], if_idle_us);
  return count;
}

void SmartCharging::follow() {
  timer_.cancel();
  charging_ = who_charges();
  Outlet outlets[kConnectors];
  Connector* charging[kConnectors] = {};
  Limit limits_now[kConnectors];
  const int64_t utc_us = cp_.utc_us();
  const int count = active(outlets, charging, utc_us);
  if (count == 0) return;
  limits().at(outlets, count, utc_us, limits_now);
  for (int i = 0; i < count; ++i) {
    Connector& connector = *charging[i];
    const Limit& limit = limits_now[i];
    const auto limit_ma = static_cast<uint32_t>(limit.current_ua / 1000);
    const auto phases = static_cast<uint8_t>(connector.hardware.phases == 3 ? limit.phases : 3);
    connector.limit_ma = limit_ma;
    if (connector.command.limit_ma == limit_ma && connector.command.phases == phases) continue;
    connector.command.limit_ma = limit_ma;
    connector.command.phases = phases;
    cp_.event(connector.number,
              Text<60>("limit ").add(int64_t{limit_ma}).add(" mA on ").add(int64_t{phases}).add(
                  " phase(s)"));
  }
  const int64_t change_us = limits().change_after(outlets, count, utc_us);
  if (change_us != kUtcNever) {
    timer_.set(cp_.now_us + static_cast<uint64_t>(change_us - utc_us));
  }
}

void SmartCharging::poll() {
  if (timer_.due(cp_.now_us)) follow();
}

// --- the composite schedule (OCPP 1.6 5.7) ---

void SmartCharging::get_composite(const MessageId& id, const Json* payload) {
  const int number = integer_of(payload, "connectorId");
  const int64_t duration_s = integer_of(payload, "duration");
  Connector* connector = cp_.connector(number);
  if (duration_s < 1 || (connector == nullptr && number != 0)) {
    cp_.calls.status(id, "Rejected");
    return;
  }
  constexpr int64_t kSecond = 1000000;
  constexpr int kMostLooks = 2000;  // for schedules that recur without any change
  const int64_t now_us = cp_.utc_us();
  const int64_t start_us = now_us - now_us % kSecond;
  const bool in_amperes = equal(text_of(payload, "chargingRateUnit", "A"), "A");

  // Among those that charge; one where nothing does is told what a transaction would get that
  // began now. Connector 0: the sum of all as if each charged.
  Outlet outlets[kConnectors];
  Connector* charging[kConnectors] = {};
  int count = 0;
  int mine = 0;
  if (connector == nullptr) {
    for (const Connector& each : cp_) outlets[count++] = outlet(each, start_us);
  } else {
    count = active(outlets, charging, start_us);
    mine = count;
    for (int i = 0; i < count; ++i) mine = charging[i] == connector ? i : mine;
    if (mine == count) outlets[count++] = outlet(*connector, start_us);
  }

  JsonWriter& out = cp_.calls.result(id);
  out.text("status", "Accepted");
  out.integer("connectorId", number);
  out.text("scheduleStart", format_utc(start_us).get());
  out.open_object("chargingSchedule");
  out.text("chargingRateUnit", in_amperes ? "A" : "W");
  out.open_list("chargingSchedulePeriod");
  int64_t offset_s = 0;
  int64_t told_tenths = -1;
  int told_phases = 0;
  int periods = 0;
  for (int looks = 0; looks < kMostLooks && offset_s < duration_s; ++looks) {
    // The window begins with the present second, its first limit is that of now.
    const int64_t at_us = start_us + offset_s * kSecond > now_us ? start_us + offset_s * kSecond
                                                                 : now_us;
    Limit limit;
    if (connector == nullptr) {
      limit = limits().total(outlets, count, at_us);
    } else {
      Limit all[kConnectors];
      limits().at(outlets, count, at_us, all);
      limit = all[mine];
    }
    // Rounded down to one decimal; 2 mW keep 6000 W from becoming 5999.9 on the way.
    const int64_t tenths = in_amperes ? limit.current_ua / 100000 : (limit.power_mw + 2) / 100;
    if (tenths != told_tenths || limit.phases != told_phases) {
      if (periods == kCompositePeriods) break;
      ++periods;
      told_tenths = tenths;
      told_phases = limit.phases;
      out.open_object();
      out.integer("startPeriod", offset_s);
      out.decimal("limit", tenths);
      out.integer("numberPhases", limit.phases);
      out.close_object();
    }
    const int64_t change_us = limits().change_after(outlets, count, at_us);
    const int64_t next_s = change_us == kUtcNever ? duration_s
                                                  : (change_us - start_us + kSecond - 1) / kSecond;
    offset_s = next_s < duration_s ? next_s : duration_s;
  }
  out.close_list();
  out.integer("duration", offset_s);
  out.close_object();
  cp_.calls.finish();
}

}  // namespace evse::ocpp

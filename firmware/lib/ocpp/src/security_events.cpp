#include "ocpp/security_events.h"

#include "ocpp/charge_point.h"
#include "ocpp/utc.h"

namespace evse::ocpp {

namespace {

constexpr uint64_t kQuietS = 60;
static_assert(kSecurityEntryBytes == 4 + 8 + 1 + (1 + kTechInfo) + 4, "an entry with its checksum");

int address_of(uint32_t seq) {
  return kSecurityLogAt + static_cast<int>(seq % kSecurityEntries) * kSecurityEntryBytes;
}

}  // namespace

const char* name_of(SecurityEvent event) {
  constexpr const char* kNames[] = {"FirmwareUpdated",
                                    "FailedToAuthenticateAtCentralSystem",
                                    "CentralSystemFailedToAuthenticate",
                                    "SettingSystemTime",
                                    "StartupOfTheDevice",
                                    "ResetOrReboot",
                                    "SecurityLogWasCleared",
                                    "ReconfigurationOfSecurityParameters",
                                    "MemoryExhaustion",
                                    "InvalidMessages",
                                    "AttemptedReplayAttacks",
                                    "TamperDetectionActivated",
                                    "InvalidFirmwareSignature",
                                    "InvalidFirmwareSigningCertificate",
                                    "InvalidCentralSystemCertificate",
                                    "InvalidChargePointCertificate",
                                    "InvalidTLSVersion",
                                    "InvalidTLSCipherSuite"};
  return kNames[static_cast<int>(event)];
}

bool is_notified(SecurityEvent event) {
  switch (event) {
    case SecurityEvent::FirmwareUpdated:
    case SecurityEvent::SettingSystemTime:
    case SecurityEvent::StartupOfTheDevice:
    case SecurityEvent::ResetOrReboot:
    case SecurityEvent::SecurityLogWasCleared:
    case SecurityEvent::MemoryExhaustion:
    case SecurityEvent::TamperDetectionActivated:
    case SecurityEvent::InvalidFirmwareSignature:
    case SecurityEvent::InvalidFirmwareSigningCertificate:
    case SecurityEvent::InvalidCentralSystemCertificate:
    case SecurityEvent::InvalidChargePointCertificate:
      return true;
    default:
      return false;
  }
}

SecurityEvents::SecurityEvents(ChargePoint& cp, hal::Fram& fram)
    : cp_(cp), fram_(fram), record_(fram, kSecurityHeadAt, kSecurityHeadBytes) {}

uint64_t SecurityEvents::cp_now_us() const { return cp_.now_us; }

void SecurityEvents::power_on() {
  uint8_t head[kSecurityHeadBytes];
  if (record_.load(head)) {
    BytesIn in(head);
    told_ = in.u32();
    attempts_ = in.u8();
    was_full_ = in.u8() != 0;
  }
  uint32_t last = 0;
  for (uint32_t slot = 0; slot < kSecurityEntries; ++slot) {
    SecurityEntry entry;
    if (read(slot, entry) && entry.seq > last) last = entry.seq;
  }
  next_ = (last > told_ ? last : told_) + 1;
}

uint32_t SecurityEvents::first() const {
  return next_ > kSecurityEntries ? next_ - kSecurityEntries : 1;
}

bool SecurityEvents::read(uint32_t seq, SecurityEntry& entry) {
  uint8_t data[kSecurityEntryBytes];
  if (!fram_.read(address_of(seq), data, kSecurityEntryBytes)) return false;
  BytesIn check(data + kSecurityEntryBytes - 4);
  if (check.u32() != store::crc32(data, kSecurityEntryBytes - 4)) return false;
  BytesIn in(data);
  entry.seq = in.u32();
  entry.utc_us = in.i64();
  const uint8_t kind = in.u8();
  if (kind > static_cast<uint8_t>(SecurityEvent::InvalidTLSCipherSuite)) return false;
  entry.event = static_cast<SecurityEvent>(kind);
  in.text(entry.tech_info);
  // Memory that nobody has ever written is no entry either.
  return entry.seq != 0 && entry.seq % kSecurityEntries == seq % kSecurityEntries;
}

bool SecurityEvents::append(SecurityEvent event, const char* tech_info) {
  // An event that is still owed is not pushed out: whoever can make a charger log must not be
  // able to hide what came before.
  if (next_ - told_ > kSecurityEntries && find_untold() &&
      next_ - sending_.seq >= kSecurityEntries) {
    return false;
  }
  uint8_t data[kSecurityEntryBytes];
  TechInfo text(tech_info);
  BytesOut out(data);
  out.u32(next_).i64(cp_.utc_us()).u8(static_cast<uint8_t>(event)).text(text);
  out.u32(store::crc32(data, kSecurityEntryBytes - 4));
  if (!fram_.write(address_of(next_), data, kSecurityEntryBytes)) return false;
  ++next_;
  return true;
}

void SecurityEvents::happened(SecurityEvent event, const char* tech_info) {
  if (!cp_.is_secured()) return;
  cp_.event(0, Text<160>("security event ").add(name_of(event)).add(": ").add(tech_info));
  const bool kept = append(event, tech_info);
  if (!kept) cp_.event(0, "a security event is not logged: the memory is full, or fails");
  if (kept && !was_full_ && next_ >= kSecurityEntries) {  // one place is left for this
    was_full_ = true;
    save();
    append(SecurityEvent::MemoryExhaustion, "the security log is full: its oldest entries go");
  }
}

void SecurityEvents::invalid_message() {
  if (quiet_.pending() && !quiet_.due(cp_.now_us)) return;
  quiet_.set(cp_.in_seconds(kQuietS));
  happened(SecurityEvent::InvalidMessages, "a message that is none of OCPP 1.6");
}

// --- delivery ---

// The oldest that is owed, into `sending_`. What needs no telling before it is passed over.
bool SecurityEvents::find_untold() {
  uint32_t seq = told_ + 1 > first() ? told_ + 1 : first();
  for (; seq < next_; ++seq) {
    SecurityEntry entry;
    if (!read(seq, entry) || entry.seq != seq || !is_notified(entry.event)) continue;
    sending_ = entry;
    return true;
  }
  return false;
}

bool SecurityEvents::all_told() { return !cp_.is_secured() || !find_untold(); }

bool SecurityEvents::next(Outgoing& call) {
  if (!cp_.is_secured() || waiting_.pending() || told_ + 1 == next_) return false;
  if (!find_untold()) {
    told_ = next_ - 1;  // in memory it is so with the next one
    return false;
  }
  call.action = Action::SecurityEventNotification;
  return true;
}

void SecurityEvents::write(JsonWriter& out) {
  out.text("type", name_of(sending_.event));
  out.text("timestamp", format_utc(sending_.utc_us).get());
  if (!sending_.tech_info.empty()) out.text("techInfo", sending_.tech_info.get());
}

void SecurityEvents::outcome(const Outcome& outcome) {
  if (outcome.kind == Outcome::Kind::Answered) told();
  if (outcome.kind != Outcome::Kind::Refused) return;
  // The rule of transaction messages (OCPP 1.6 9.1.27, 9.1.28).
  ++attempts_;
  if (attempts_ >= cp_.configuration.number(Key::TransactionMessageAttempts)) {
    cp_.event(0, Text<120>("security event given up: ").add(outcome.why));
    told();
    return;
  }
  save();
  const int32_t interval_s = cp_.configuration.number(Key::TransactionMessageRetryInterval);
  waiting_.set(cp_.in_seconds(static_cast<uint64_t>(interval_s) * attempts_));
}

void SecurityEvents::told() {
  // A further event may have looked for the oldest meanwhile: it is still this one.
  told_ = sending_.seq;
  attempts_ = 0;
  save();
}

void SecurityEvents::save() {
  uint8_t head[kSecurityHeadBytes];
  BytesOut(head).u32(told_).u8(attempts_).u8(was_full_ ? 1 : 0);
  if (!record_.save(head)) cp_.event(0, "the memory fails: security events");
}

}  // namespace evse::ocpp

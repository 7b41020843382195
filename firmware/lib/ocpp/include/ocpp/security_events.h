// Security events: the security log, and those of it that the central system is told (security
// whitepaper A04; decision "What a secured charger does where the whitepaper is silent").
#pragma once

#include "hal/fram.h"
#include "ocpp/deadline.h"
#include "ocpp/json_writer.h"
#include "ocpp/layout.h"
#include "ocpp/outgoing.h"
#include "ocpp/text.h"

namespace evse::ocpp {

struct ChargePoint;

// The list of security events of the whitepaper's annex. The numbers are in memory.
enum class SecurityEvent : uint8_t {
  FirmwareUpdated,
  FailedToAuthenticateAtCentralSystem,
  CentralSystemFailedToAuthenticate,
  SettingSystemTime,
  StartupOfTheDevice,
  ResetOrReboot,
  SecurityLogWasCleared,
  ReconfigurationOfSecurityParameters,
  MemoryExhaustion,
  InvalidMessages,
  AttemptedReplayAttacks,
  TamperDetectionActivated,
  InvalidFirmwareSignature,
  InvalidFirmwareSigningCertificate,
  InvalidCentralSystemCertificate,
  InvalidChargePointCertificate,
  InvalidTLSVersion,
  InvalidTLSCipherSuite,
};

const char* name_of(SecurityEvent event);
// The critical ones, and those that a use case wants sent (whitepaper A02, M05, L01).
bool is_notified(SecurityEvent event);

using TechInfo = Text<kTechInfo>;

struct SecurityEntry {
  uint32_t seq = 0;
  int64_t utc_us = 0;
  SecurityEvent event = SecurityEvent::StartupOfTheDevice;
  TechInfo tech_info;
};

// One ring of records is the log and the outgoing queue: told up to which of them is one small
// record beside it. What is told goes ahead of transaction messages that wait, one at a time.
class SecurityEvents {
 public:
  SecurityEvents(ChargePoint& cp, hal::Fram& fram);

  void power_on();
  // Where the charger is not secured nothing happens.
  void happened(SecurityEvent event, const char* tech_info);
  // A message that is none: once a minute, and never quoted.
  void invalid_message();

  // The log, oldest first: the first that is still there, and the one after the last.
  uint32_t first() const;
  uint32_t end() const { return next_; }
  bool read(uint32_t seq, SecurityEntry& entry);

  bool next(Outgoing& call);
  void write(JsonWriter& out);
  void outcome(const Outcome& outcome);
  bool all_told();
  void poll() { waiting_.due(cp_now_us()); }
  uint64_t next_us() const { return waiting_.at_us(); }

 private:
  uint64_t cp_now_us() const;
  bool append(SecurityEvent event, const char* tech_info);
  bool find_untold();
  void told();
  void save();

  ChargePoint& cp_;
  hal::Fram& fram_;
  store::Record record_;
  uint32_t next_ = 1;
  uint32_t told_ = 0;  // up to this one none is owed any more
  uint8_t attempts_ = 0;
  bool was_full_ = false;
  SecurityEntry sending_;
  Deadline waiting_;
  Deadline quiet_;  // about messages that are none
};

}  // namespace evse::ocpp

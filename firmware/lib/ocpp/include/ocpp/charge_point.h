// The functional blocks of the standard, wired, and what they share.
#pragma once

#include <stdint.h>

#include "hal/clock.h"
#include "hal/equipment.h"
#include "ocpp/authorization.h"
#include "ocpp/availability.h"
#include "ocpp/boot.h"
#include "ocpp/calls.h"
#include "ocpp/configuration.h"
#include "ocpp/connection.h"
#include "ocpp/connector.h"
#include "ocpp/delivery.h"
#include "ocpp/event_ring.h"
#include "ocpp/firmware_update.h"
#include "ocpp/journal.h"
#include "ocpp/kept.h"
#include "ocpp/local_list.h"
#include "ocpp/log_upload.h"
#include "ocpp/meter_values.h"
#include "ocpp/remote_control.h"
#include "ocpp/reservations.h"
#include "ocpp/root_certificates.h"
#include "ocpp/security_events.h"
#include "ocpp/security_profile.h"
#include "ocpp/sessions.h"
#include "ocpp/settings.h"
#include "ocpp/signing.h"
#include "ocpp/smart_charging.h"
#include "ocpp/status.h"
#include "ocpp/tag_cache.h"
#include "ocpp/transactions.h"
#include "ocpp/vacating.h"

namespace evse::ocpp {

struct ChargePoint final : private Blocks {
  ChargePoint(const Settings& settings, hal::Transport& transport, hal::Fram& fram,
              hal::Clock& clock, EventLog& log);

  // --- what the blocks share ---

  const Settings settings;
  // Of what the settings name, what there is room for in memory.
  const hal::Equipment equipment;
  bool is_secured() const { return secured_; }
  bool has_certificates() const { return secured_ && equipment.certificates != nullptr; }
  // Then no other is taken (security whitepaper L01.FR.20).
  bool takes_signed_firmware() const { return has_certificates() && equipment.updater != nullptr; }
  uint64_t now_us = 0;
  int64_t utc_us() const { return utc_at_zero_us_ + static_cast<int64_t>(now_us); }
  // The central system's time, which is kept from then on.
  void set_utc(int64_t utc_us);
  uint32_t random();
  // Ends of a timer that is `seconds` away.
  uint64_t in_seconds(uint64_t seconds) const { return now_us + seconds * kSecondUs; }

  Connector connectors[kConnectors];
  Connector* connector(int number) {
    return number >= 1 && number <= settings.connectors ? &connectors[number - 1] : nullptr;
  }
  Connector* begin() { return connectors; }
  Connector* end() { return connectors + settings.connectors; }

  void event(int connector, const char* text) {
    events.add(utc_us(), connector, text);
    log_.event(connector, text);
  }
  EventRing events;
  template <int N>
  void event(int connector, const Text<N>& text) {
    event(connector, text.get());
  }

  // --- what they tell each other ---

  void accepted();   // a boot
  void clock_set();  // by a Heartbeat; a boot sets it too
  void resumed();   // a new socket, and the boot before it still counts
  void transaction_ended(Connector& connector);
  void configured(Key key);

  // --- the blocks ---

  SecurityEvents security;
  SecurityProfile security_profile;
  Kept kept;
  Journal journal;
  TagCache cache;
  Configuration configuration;
  Connection connection;
  Calls calls;
  Boot boot;
  StatusNotifications status;
  LocalList local_list;
  Authorization authorization;
  Reservations reservations;
  MeterValues meter_values;
  SmartCharging smart_charging;
  Transactions transactions;
  Delivery delivery;
  Sessions sessions;
  Availability availability;
  RemoteControl remote;
  Unlock unlock;
  Reset reset;
  RemoteTrigger trigger;
  Vacating vacating;
  FirmwareUpdate firmware;
  LogUpload logs;
  RootCertificates roots;
  Signing signing;

  // --- from outside ---

  void report(uint64_t now_us, int number, const Report& report);
  void present_tag(uint64_t now_us, int number, const char* tag);
  uint64_t poll(uint64_t now_us);

 private:
  void write(const Outgoing& call, JsonWriter& out) override;
  void outcome(const Outgoing& call, const Outcome& outcome) override;
  void called(const MessageId& id, const char* action, const Json* payload) override;
  bool next_queued(Outgoing& call) override { return security.next(call) || delivery.next(call); }
  void trouble(const char* what) override { event(0, what); }
  void invalid(const char* what) override {
    event(0, what);
    security.invalid_message();
  }
  Progress& progress_of(Action action);
  void tell_jobs();
  bool supports(const char* action) const override;

  bool power_on();
  void settle();
  uint64_t next_us() const;

  hal::Clock& clock_;
  EventLog& log_;
  int64_t utc_at_zero_us_ = 0;
  uint32_t random_;
  bool powered_ = false;
  const bool secured_;
};

}  // namespace evse::ocpp

#include "ocpp/remote_control.h"

#include "ocpp/charge_point.h"

namespace evse::ocpp {

void RemoteControl::start(const MessageId& id, const Json* payload) {
  Tag tag;
  tag.set(text_of(payload, "idTag"));
  Connector* connector = choose(payload, tag);
  // Neither is allowed before the boot is accepted (OCPP 1.6 4.2.1).
  bool accepted = connector != nullptr && cp_.calls.registration == Registration::Accepted &&
                  cp_.sessions.may_start(*connector, tag);
  const Json* profile = field(payload, "chargingProfile");
  if (accepted && profile != nullptr) {
    bool answered = false;
    accepted = cp_.smart_charging.admit(id, *connector, profile, answered);
    if (answered) return;
  }
  cp_.calls.status(id, accepted ? "Accepted" : "Rejected");
  if (!accepted) return;
  if (profile != nullptr) cp_.smart_charging.promise(*connector, profile);
  cp_.sessions.remote_start(*connector, tag,
                            cp_.configuration.on(Key::AuthorizeRemoteTxRequests));
}

// The connector that is named, or kept for the tag, or has a vehicle, or is free.
Connector* RemoteControl::choose(const Json* payload, const Tag& tag) {
  if (field(payload, "connectorId") != nullptr) {
    return cp_.connector(integer_of(payload, "connectorId"));
  }
  Connector* found = cp_.reservations.connector_for(tag);
  if (found != nullptr) return found;
  for (Connector& each : cp_) {
    if (!cp_.sessions.may_start(each, tag)) continue;
    if (each.report.plugged) return &each;
    if (found == nullptr) found = &each;
  }
  return found;
}

void RemoteControl::stop(const MessageId& id, const Json* payload) {
  Connector* found = nullptr;
  for (Connector& each : cp_) {
    const Transaction* transaction = each.transaction;
    const bool runs = transaction != nullptr && transaction->numbered && !transaction->stopping();
    if (runs && transaction->number == integer_of(payload, "transactionId")) found = &each;
  }
  const bool accepted =
      found != nullptr && cp_.calls.registration == Registration::Accepted;
  cp_.calls.status(id, accepted ? "Accepted" : "Rejected");
  if (accepted) cp_.transactions.stop(*found, StopReason::Remote);
}

void RemoteTrigger::trigger(const MessageId& id, const Json* payload) {
  answer(id, payload, false);
}

void RemoteTrigger::trigger_extended(const MessageId& id, const Json* payload) {
  answer(id, payload, true);
}

// The job that a notification tells of; null: it is none, or this charger has no such jobs.
Progress* RemoteTrigger::progress_of(const char* asked, bool extended) {
  if (equal(asked, "FirmwareStatusNotification") && cp_.equipment.updater != nullptr) {
    if (!extended) return &cp_.firmware.plain_progress;
    return cp_.takes_signed_firmware() ? &cp_.firmware.signed_progress : nullptr;
  }
  if (cp_.equipment.uploader == nullptr) return nullptr;
  if (equal(asked, "DiagnosticsStatusNotification")) return &cp_.logs.diagnostics_progress;
  return equal(asked, "LogStatusNotification") ? &cp_.logs.log_progress : nullptr;
}

void RemoteTrigger::answer(const MessageId& id, const Json* payload, bool extended) {
  const char* asked = text_of(payload, "requestedMessage");
  const bool boot = equal(asked, "BootNotification");
  const bool heartbeat = equal(asked, "Heartbeat");
  const bool meter_values = equal(asked, "MeterValues");
  const bool status = equal(asked, "StatusNotification");
  Progress* progress = progress_of(asked, extended);
  const bool sign = equal(asked, "SignChargePointCertificate") && cp_.has_certificates();
  if (!boot && !heartbeat && !meter_values && !status && !sign && progress == nullptr) {
    cp_.calls.status(id, "NotImplemented");
    return;
  }
  // Elsewhere a connectorId means nothing, and is left alone (OCPP 1.6 5.17).
  const bool of_connector = meter_values || status;
  const int number = of_connector ? integer_of(payload, "connectorId", -1) : -1;
  const bool named = of_connector && field(payload, "connectorId") != nullptr;
  const bool unknown =
      named && (number < (status ? 0 : 1) || number > cp_.settings.connectors);
  // Errata 3.35: who is accepted does not boot again because of a word.
  const bool booted = boot && cp_.calls.registration == Registration::Accepted;
  cp_.calls.status(id, unknown || booted ? "Rejected" : "Accepted");
  if (unknown || booted) return;
  if (boot) cp_.boot.trigger_boot();
  if (heartbeat) cp_.boot.trigger_heartbeat();
  if (meter_values) cp_.meter_values.trigger(number);
  if (status) cp_.status.trigger(number);
  if (progress != nullptr) progress->trigger();
  if (sign) cp_.signing.ask();
}

}  // namespace evse::ocpp

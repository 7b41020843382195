#include "ocpp/incoming.h"

#include "ocpp/charge_point.h"

namespace evse::ocpp {

namespace {

template <auto block, auto method>
void call(ChargePoint& cp, const MessageId& id, const Json* payload) {
  (cp.*block.*method)(id, payload);
}

template <auto block, auto method>
void call_bare(ChargePoint& cp, const MessageId& id, const Json*) {
  (cp.*block.*method)(id);
}

// No vendor is known. The wire's spelling, not that of OCPP 1.6 section 4.3.
void unknown_vendor(ChargePoint& cp, const MessageId& id, const Json*) {
  cp.calls.status(id, "UnknownVendorId");
}

bool always(const ChargePoint&) { return true; }
bool local_list(const ChargePoint& cp) { return cp.settings.profiles.local_list; }
bool smart_charging(const ChargePoint& cp) { return cp.settings.profiles.smart_charging; }
bool trigger(const ChargePoint& cp) { return cp.settings.profiles.remote_trigger; }
bool plain_firmware(const ChargePoint& cp) {
  return cp.equipment.updater != nullptr && !cp.takes_signed_firmware();
}
bool signed_firmware(const ChargePoint& cp) { return cp.takes_signed_firmware(); }
bool diagnostics(const ChargePoint& cp) { return cp.equipment.uploader != nullptr; }
bool logs(const ChargePoint& cp) { return cp.is_secured() && diagnostics(cp); }
bool security(const ChargePoint& cp) { return cp.is_secured(); }
bool certificates(const ChargePoint& cp) { return cp.has_certificates(); }

using P = ChargePoint;

constexpr Incoming kIncoming[] = {
    {"CancelReservation", always, call<&P::reservations, &Reservations::cancel>},
    {"CertificateSigned", certificates, call<&P::signing, &Signing::certificate_signed>},
    {"ChangeAvailability", always, call<&P::availability, &Availability::change>},
    {"ChangeConfiguration", always, call<&P::configuration, &Configuration::change>},
    {"ClearCache", always, call_bare<&P::authorization, &Authorization::clear_cache>},
    {"ClearChargingProfile", smart_charging, call<&P::smart_charging, &SmartCharging::clear>},
    {"DataTransfer", always, unknown_vendor},
    {"DeleteCertificate", certificates, call<&P::roots, &RootCertificates::remove>},
    {"ExtendedTriggerMessage", security, call<&P::trigger, &RemoteTrigger::trigger_extended>},
    {"GetCompositeSchedule", smart_charging,
     call<&P::smart_charging, &SmartCharging::get_composite>},
    {"GetConfiguration", always, call<&P::configuration, &Configuration::get>},
    {"GetDiagnostics", diagnostics, call<&P::logs, &LogUpload::get_diagnostics>},
    {"GetInstalledCertificateIds", certificates, call<&P::roots, &RootCertificates::list>},
    {"GetLocalListVersion", local_list, call_bare<&P::local_list, &LocalList::get_version>},
    {"GetLog", logs, call<&P::logs, &LogUpload::get_log>},
    {"InstallCertificate", certificates, call<&P::roots, &RootCertificates::install>},
    {"RemoteStartTransaction", always, call<&P::remote, &RemoteControl::start>},
    {"RemoteStopTransaction", always, call<&P::remote, &RemoteControl::stop>},
    {"ReserveNow", always, call<&P::reservations, &Reservations::reserve>},
    {"Reset", always, call<&P::reset, &Reset::reset>},
    {"SendLocalList", local_list, call<&P::local_list, &LocalList::send>},
    {"SetChargingProfile", smart_charging, call<&P::smart_charging, &SmartCharging::set>},
    {"SignedUpdateFirmware", signed_firmware, call<&P::firmware, &FirmwareUpdate::signed_update>},
    {"TriggerMessage", trigger, call<&P::trigger, &RemoteTrigger::trigger>},
    {"UnlockConnector", always, call<&P::unlock, &Unlock::unlock>},
    {"UpdateFirmware", plain_firmware, call<&P::firmware, &FirmwareUpdate::update>},
};

}  // namespace

const Incoming* incoming(const char* action) {
  for (const Incoming& each : kIncoming) {
    if (equal(each.action, action)) return &each;
  }
  return nullptr;
}

}  // namespace evse::ocpp

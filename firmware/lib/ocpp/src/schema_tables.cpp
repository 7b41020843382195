// The schemas of what may come in (OCPP-J 1.6 edition 2), field by field.
#include "ocpp/schema.h"
#include "ocpp/sizes.h"

namespace evse::ocpp {

namespace {

constexpr bool kRequired = true;
constexpr bool kOptional = false;

constexpr const char* const* kAnything = nullptr;
constexpr Field::Of kNothingMore(kAnything);

constexpr Field text(const char* name, bool required, uint16_t most = 0,
                     const char* const* values = kAnything) {
  return {name, FieldKind::Text, required, most, Field::Of(values)};
}
constexpr Field texts(const char* name, bool required, uint16_t most) {
  return {name, FieldKind::TextList, required, most, kNothingMore};
}
constexpr Field integer(const char* name, bool required) {
  return {name, FieldKind::Integer, required, 0, kNothingMore};
}
constexpr Field number(const char* name, bool required) {
  return {name, FieldKind::Number, required, 0, kNothingMore};
}
constexpr Field nested(const char* name, bool required, FieldKind kind, const Schema* of) {
  return {name, kind, required, 0, Field::Of(of)};
}
template <int N>
constexpr Schema schema(const Field (&fields)[N]) {
  return {fields, N};
}
constexpr Schema kEmpty = {nullptr, 0};

constexpr const char* kAuthorizationStatus[] = {"Accepted", "Blocked",      "Expired",
                                                "Invalid",  "ConcurrentTx", nullptr};
constexpr const char* kRegistrationStatus[] = {"Accepted", "Pending", "Rejected", nullptr};
constexpr const char* kAvailabilityType[] = {"Operative", "Inoperative", nullptr};
constexpr const char* kResetType[] = {"Hard", "Soft", nullptr};
constexpr const char* kUpdateType[] = {"Differential", "Full", nullptr};
constexpr const char* kPurpose[] = {"ChargePointMaxProfile", "TxDefaultProfile", "TxProfile",
                                    nullptr};
constexpr const char* kProfileKind[] = {"Absolute", "Recurring", "Relative", nullptr};
constexpr const char* kRecurrency[] = {"Daily", "Weekly", nullptr};
constexpr const char* kRateUnit[] = {"A", "W", nullptr};
constexpr const char* kTrigger[] = {"BootNotification",
                                    "DiagnosticsStatusNotification",
                                    "FirmwareStatusNotification",
                                    "Heartbeat",
                                    "MeterValues",
                                    "StatusNotification",
                                    nullptr};

constexpr const char* kExtendedTriggers[] = {"BootNotification",
                                             "LogStatusNotification",
                                             "FirmwareStatusNotification",
                                             "Heartbeat",
                                             "MeterValues",
                                             "SignChargePointCertificate",
                                             "StatusNotification",
                                             nullptr};
constexpr const char* kLogType[] = {"DiagnosticsLog", "SecurityLog", nullptr};
constexpr const char* kCertificateUse[] = {"CentralSystemRootCertificate",
                                           "ManufacturerRootCertificate", nullptr};
constexpr const char* kHashAlgorithm[] = {"SHA256", "SHA384", "SHA512", nullptr};
constexpr const char* kGenericStatus[] = {"Accepted", "Rejected", nullptr};

constexpr Field kIdTagInfoFields[] = {text("expiryDate", kOptional),
                                      text("parentIdTag", kOptional, kTag),
                                      text("status", kRequired, 0, kAuthorizationStatus)};
constexpr Schema kIdTagInfo = schema(kIdTagInfoFields);

constexpr Field kPeriodFields[] = {integer("startPeriod", kRequired), number("limit", kRequired),
                                   integer("numberPhases", kOptional)};
constexpr Schema kPeriod = schema(kPeriodFields);
constexpr Field kScheduleFields[] = {
    integer("duration", kOptional), text("startSchedule", kOptional),
    text("chargingRateUnit", kRequired, 0, kRateUnit),
    nested("chargingSchedulePeriod", kRequired, FieldKind::ObjectList, &kPeriod),
    number("minChargingRate", kOptional)};
constexpr Schema kSchedule = schema(kScheduleFields);
constexpr Field kProfileFields[] = {integer("chargingProfileId", kRequired),
                                    integer("transactionId", kOptional),
                                    integer("stackLevel", kRequired),
                                    text("chargingProfilePurpose", kRequired, 0, kPurpose),
                                    text("chargingProfileKind", kRequired, 0, kProfileKind),
                                    text("recurrencyKind", kOptional, 0, kRecurrency),
                                    text("validFrom", kOptional),
                                    text("validTo", kOptional),
                                    nested("chargingSchedule", kRequired, FieldKind::Object, &kSchedule)};
constexpr Schema kProfile = schema(kProfileFields);

constexpr Field kListEntryFields[] = {text("idTag", kRequired, kTag),
                                      nested("idTagInfo", kOptional, FieldKind::Object, &kIdTagInfo)};
constexpr Schema kListEntry = schema(kListEntryFields);

constexpr Field kCancelReservation[] = {integer("reservationId", kRequired)};
constexpr Field kChangeAvailability[] = {integer("connectorId", kRequired),
                                         text("type", kRequired, 0, kAvailabilityType)};
constexpr Field kChangeConfiguration[] = {text("key", kRequired, 50),
                                          text("value", kRequired, 500)};
constexpr Field kClearChargingProfile[] = {
    integer("id", kOptional), integer("connectorId", kOptional),
    text("chargingProfilePurpose", kOptional, 0, kPurpose), integer("stackLevel", kOptional)};
constexpr Field kDataTransfer[] = {text("vendorId", kRequired, 255), text("messageId", kOptional, 50),
                                   text("data", kOptional)};
constexpr Field kGetCompositeSchedule[] = {integer("connectorId", kRequired),
                                           integer("duration", kRequired),
                                           text("chargingRateUnit", kOptional, 0, kRateUnit)};
constexpr Field kGetConfiguration[] = {texts("key", kOptional, 50)};
constexpr Field kRemoteStart[] = {
    integer("connectorId", kOptional), text("idTag", kRequired, kTag),
    nested("chargingProfile", kOptional, FieldKind::Object, &kProfile)};
constexpr Field kRemoteStop[] = {integer("transactionId", kRequired)};
constexpr Field kReserveNow[] = {integer("connectorId", kRequired), text("expiryDate", kRequired),
                                 text("idTag", kRequired, kTag),
                                 text("parentIdTag", kOptional, kTag),
                                 integer("reservationId", kRequired)};
constexpr Field kReset[] = {text("type", kRequired, 0, kResetType)};
constexpr Field kSendLocalList[] = {
    integer("listVersion", kRequired),
    nested("localAuthorizationList", kOptional, FieldKind::ObjectList, &kListEntry),
    text("updateType", kRequired, 0, kUpdateType)};
constexpr Field kSetChargingProfile[] = {
    integer("connectorId", kRequired),
    nested("csChargingProfiles", kRequired, FieldKind::Object, &kProfile)};
constexpr Field kTriggerMessage[] = {text("requestedMessage", kRequired, 0, kTrigger),
                                     integer("connectorId", kOptional)};
constexpr Field kUnlockConnector[] = {integer("connectorId", kRequired)};
constexpr Field kGetDiagnostics[] = {
    text("location", kRequired), integer("retries", kOptional), integer("retryInterval", kOptional),
    text("startTime", kOptional), text("stopTime", kOptional)};
constexpr Field kUpdateFirmware[] = {text("location", kRequired), integer("retries", kOptional),
                                     text("retrieveDate", kRequired),
                                     integer("retryInterval", kOptional)};

// The security whitepaper, edition 2.
constexpr Field kCertificateSigned[] = {text("certificateChain", kRequired, kChain)};
constexpr Field kHashDataFields[] = {text("hashAlgorithm", kRequired, 0, kHashAlgorithm),
                                     text("issuerNameHash", kRequired, 128),
                                     text("issuerKeyHash", kRequired, 128),
                                     text("serialNumber", kRequired, 40)};
constexpr Schema kHashData = schema(kHashDataFields);
constexpr Field kDeleteCertificate[] = {
    nested("certificateHashData", kRequired, FieldKind::Object, &kHashData)};
constexpr Field kExtendedTrigger[] = {text("requestedMessage", kRequired, 0, kExtendedTriggers),
                                      integer("connectorId", kOptional)};
constexpr Field kGetInstalled[] = {text("certificateType", kRequired, 0, kCertificateUse)};
constexpr Field kLogFields[] = {text("remoteLocation", kRequired, kLocation),
                                text("oldestTimestamp", kOptional),
                                text("latestTimestamp", kOptional)};
constexpr Schema kLog = schema(kLogFields);
constexpr Field kGetLog[] = {text("logType", kRequired, 0, kLogType),
                             integer("requestId", kRequired), integer("retries", kOptional),
                             integer("retryInterval", kOptional),
                             nested("log", kRequired, FieldKind::Object, &kLog)};
constexpr Field kInstallCertificate[] = {text("certificateType", kRequired, 0, kCertificateUse),
                                         text("certificate", kRequired, 5500)};
constexpr Field kFirmwareFields[] = {text("location", kRequired, kLocation),
                                     text("retrieveDateTime", kRequired),
                                     text("installDateTime", kOptional),
                                     text("signingCertificate", kRequired, 5500),
                                     text("signature", kRequired, 800)};
constexpr Schema kFirmware = schema(kFirmwareFields);
constexpr Field kSignedUpdateFirmware[] = {
    integer("requestId", kRequired), integer("retries", kOptional),
    integer("retryInterval", kOptional),
    nested("firmware", kRequired, FieldKind::Object, &kFirmware)};

struct Call {
  const char* action;
  Schema schema;
};

constexpr Call kCalls[] = {
    {"CancelReservation", schema(kCancelReservation)},
    {"CertificateSigned", schema(kCertificateSigned)},
    {"ChangeAvailability", schema(kChangeAvailability)},
    {"ChangeConfiguration", schema(kChangeConfiguration)},
    {"ClearCache", kEmpty},
    {"ClearChargingProfile", schema(kClearChargingProfile)},
    {"DataTransfer", schema(kDataTransfer)},
    {"DeleteCertificate", schema(kDeleteCertificate)},
    {"ExtendedTriggerMessage", schema(kExtendedTrigger)},
    {"GetCompositeSchedule", schema(kGetCompositeSchedule)},
    {"GetConfiguration", schema(kGetConfiguration)},
    {"GetDiagnostics", schema(kGetDiagnostics)},
    {"GetInstalledCertificateIds", schema(kGetInstalled)},
    {"GetLocalListVersion", kEmpty},
    {"GetLog", schema(kGetLog)},
    {"InstallCertificate", schema(kInstallCertificate)},
    {"RemoteStartTransaction", schema(kRemoteStart)},
    {"RemoteStopTransaction", schema(kRemoteStop)},
    {"ReserveNow", schema(kReserveNow)},
    {"Reset", schema(kReset)},
    {"SendLocalList", schema(kSendLocalList)},
    {"SetChargingProfile", schema(kSetChargingProfile)},
    {"SignedUpdateFirmware", schema(kSignedUpdateFirmware)},
    {"TriggerMessage", schema(kTriggerMessage)},
    {"UnlockConnector", schema(kUnlockConnector)},
    {"UpdateFirmware", schema(kUpdateFirmware)},
};

// Of OCPP 1.6, and of the security whitepaper edition 2: those of the charge point are known too.
// One that is sent to it is not supported, but is no nonsense.
constexpr const char* kOthers[] = {
    "Authorize",
    "BootNotification",
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "MeterValues",
    "StartTransaction",
    "StatusNotification",
    "StopTransaction",
    "LogStatusNotification",
    "SecurityEventNotification",
    "SignCertificate",
    "SignedFirmwareStatusNotification",
};

constexpr Field kBootResponse[] = {text("status", kRequired, 0, kRegistrationStatus),
                                   text("currentTime", kRequired),
                                   integer("interval", kRequired)};
constexpr Field kHeartbeat[] = {text("currentTime", kRequired)};
constexpr Field kAuthorize[] = {nested("idTagInfo", kRequired, FieldKind::Object, &kIdTagInfo)};
constexpr Field kStart[] = {nested("idTagInfo", kRequired, FieldKind::Object, &kIdTagInfo),
                            integer("transactionId", kRequired)};
constexpr Field kSign[] = {text("status", kRequired, 0, kGenericStatus)};
constexpr Field kStop[] = {nested("idTagInfo", kOptional, FieldKind::Object, &kIdTagInfo)};

}  // namespace

const Schema kBootNotificationResponse = schema(kBootResponse);
const Schema kHeartbeatResponse = schema(kHeartbeat);
const Schema kIdTagResponse = schema(kAuthorize);
const Schema kStartTransactionResponse = schema(kStart);
const Schema kStopTransactionResponse = schema(kStop);
const Schema kSignCertificateResponse = schema(kSign);
const Schema kEmptyResponse = kEmpty;

const Schema* schema_of_call(const char* action) {
  for (const Call& call : kCalls) {
    if (equal(call.action, action)) return &call.schema;
  }
  return nullptr;
}

bool is_known_action(const char* action) {
  for (const char* one : kOthers) {
    if (equal(one, action)) return true;
  }
  return false;
}

}  // namespace evse::ocpp

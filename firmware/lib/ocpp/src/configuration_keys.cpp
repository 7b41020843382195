#include "ocpp/configuration.h"

namespace evse::ocpp {

namespace {

using Type = KeyInfo::Type;
constexpr int32_t kWeek = 7 * 86400;
constexpr int32_t kDay = 86400;
constexpr char kRegister[] = "Energy.Active.Import.Register";

using Needs = KeyInfo::Needs;

constexpr KeyInfo boolean(const char* name, const char* value, Needs needs = Needs::Nothing) {
  return {name, Type::Boolean, needs, 0, 1, value};
}
constexpr KeyInfo integer(const char* name, int32_t low, int32_t high, const char* value,
                          Needs needs = Needs::Nothing) {
  return {name, Type::Integer, needs, low, high, value};
}
constexpr KeyInfo fixed(const char* name, const char* value, Needs needs = Needs::Nothing) {
  return {name, Type::Fixed, needs, 0, 0, value};
}
constexpr KeyInfo list(const char* name, Type type, const char* value) {
  return {name, type, Needs::Nothing, 0, 0, value};
}
// One whose value is a number that follows from sizes.h, or (0) from the charger.
constexpr KeyInfo computed(const char* name, int32_t value, Needs needs = Needs::Nothing) {
  return {name, Type::Fixed, needs, value, value, nullptr};
}

}  // namespace

// Key, its type and range, its factory setting (OCPP 1.6 chapter 9; OCPP-J 1.6 chapter 7).
// All of them are kept over a restart.
const KeyInfo kKeys[] = {
    boolean("AllowOfflineTxForUnknownId", "false"),
    boolean("AuthorizationCacheEnabled", "true"),
    boolean("AuthorizeRemoteTxRequests", "true"),
    integer("ClockAlignedDataInterval", 0, kWeek, "0"),
    integer("ConnectionTimeOut", 1, kDay, "60"),
    integer("HeartbeatInterval", 1, kWeek, "86400"),
    boolean("LocalAuthorizeOffline", "true"),
    boolean("LocalPreAuthorize", "false"),
    integer("MaxEnergyOnInvalidId", 0, 1000000, "0"),
    integer("MeterValueSampleInterval", 0, kWeek, "60"),
    integer("MinimumStatusDuration", 0, 3600, "0"),
    integer("ResetRetries", 0, 1000, "1"),
    boolean("StopTransactionOnEVSideDisconnect", "true"),
    boolean("StopTransactionOnInvalidId", "true"),
    integer("TransactionMessageAttempts", 1, 100, "3"),
    integer("TransactionMessageRetryInterval", 0, kDay, "60"),
    boolean("UnlockConnectorOnEVSideDisconnect", "true"),
    integer("WebSocketPingInterval", 0, kDay, "60"),
    boolean("LocalAuthListEnabled", "true", Needs::LocalList),
    integer("SecurityProfile", 0, 3, "0", Needs::Security),

    list("ConnectorPhaseRotation", Type::RotationList, "0.Unknown"),
    list("MeterValuesAlignedData", Type::MeasurandList, kRegister),
    list("MeterValuesSampledData", Type::MeasurandList, kRegister),
    list("StopTxnAlignedData", Type::MeasurandList, ""),
    list("StopTxnSampledData", Type::MeasurandList, ""),

    computed("GetConfigurationMaxKeys", 0),
    computed("NumberOfConnectors", 0),
    computed("SupportedFeatureProfiles", 0),
    computed("SupportedFeatureProfilesMaxLength", 6),
    computed("ConnectorPhaseRotationMaxLength", kMostItems),
    computed("MeterValuesAlignedDataMaxLength", kMostItems),
    computed("MeterValuesSampledDataMaxLength", kMostItems),
    computed("StopTxnAlignedDataMaxLength", kMostItems),
    computed("StopTxnSampledDataMaxLength", kMostItems),
    computed("LocalAuthListMaxLength", kListTags, Needs::LocalList),
    computed("SendLocalListMaxLength", kListTags, Needs::LocalList),
    fixed("ReserveConnectorZeroSupported", "true", Needs::Reservation),
    computed("ChargeProfileMaxStackLevel", kStackLevels, Needs::SmartCharging),
    fixed("ChargingScheduleAllowedChargingRateUnit", "Current,Power", Needs::SmartCharging),
    computed("ChargingScheduleMaxPeriods", kPeriods, Needs::SmartCharging),
    computed("MaxChargingProfilesInstalled", kProfiles, Needs::SmartCharging),
    fixed("ConnectorSwitch3to1PhaseSupported", "true", Needs::SmartCharging),
    // OCPP-J 1.6 6.2: 16 to 20 bytes in hexadecimal; never told again.
    {"AuthorizationKey", Type::Secret, Needs::Nothing, 16, kKeyBytes, ""},
    computed("SupportedFileTransferProtocols", 0, Needs::Files),
    // The security whitepaper, section 7.
    {"CpoName", Type::Name, Needs::Security, 0, 0, ""},
    // Never on: roots may be installed beside each other (whitepaper M05).
    fixed("AdditionalRootCertificateCheck", "false", Needs::Certificates),
    computed("CertificateSignedMaxChainSize", kChain, Needs::Certificates),
    computed("CertificateStoreMaxLength", 0, Needs::Certificates),
};

const int kKeyCount = static_cast<int>(sizeof(kKeys) / sizeof(kKeys[0]));

}  // namespace evse::ocpp

#include "ocpp/configuration.h"

namespace evse::ocpp {

namespace {

using Type = KeyInfo::Type;
constexpr int32_t kWeek = 7 * 86400;
constexpr int32_t kDay = 86400;
constexpr char kRegister[] = "Energy.Active.Import.Register";

constexpr KeyInfo boolean(const char* name, const char* value) {
  return {name, Type::Boolean, 0, 1, value};
}
constexpr KeyInfo integer(const char* name, int32_t low, int32_t high, const char* value) {
  return {name, Type::Integer, low, high, value};
}
constexpr KeyInfo fixed(const char* name, const char* value) {
  return {name, Type::Fixed, 0, 0, value};
}
// One whose value is a number that follows from sizes.h, or (0) from the settings.
constexpr KeyInfo computed(const char* name, int32_t value) {
  return {name, Type::Fixed, value, value, nullptr};
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
    boolean("LocalAuthListEnabled", "true"),

    {"ConnectorPhaseRotation", Type::RotationList, 0, 0, "0.Unknown"},
    {"MeterValuesAlignedData", Type::MeasurandList, 0, 0, kRegister},
    {"MeterValuesSampledData", Type::MeasurandList, 0, 0, kRegister},
    {"StopTxnAlignedData", Type::MeasurandList, 0, 0, ""},
    {"StopTxnSampledData", Type::MeasurandList, 0, 0, ""},

    computed("GetConfigurationMaxKeys", 0),
    computed("NumberOfConnectors", 0),
    fixed("SupportedFeatureProfiles",
          "Core,LocalAuthListManagement,Reservation,RemoteTrigger,SmartCharging"),
    computed("SupportedFeatureProfilesMaxLength", 6),
    computed("ConnectorPhaseRotationMaxLength", kMostItems),
    computed("MeterValuesAlignedDataMaxLength", kMostItems),
    computed("MeterValuesSampledDataMaxLength", kMostItems),
    computed("StopTxnAlignedDataMaxLength", kMostItems),
    computed("StopTxnSampledDataMaxLength", kMostItems),
    computed("LocalAuthListMaxLength", kListTags),
    computed("SendLocalListMaxLength", kListTags),
    fixed("ReserveConnectorZeroSupported", "true"),
    computed("ChargeProfileMaxStackLevel", kStackLevels),
    fixed("ChargingScheduleAllowedChargingRateUnit", "Current,Power"),
    computed("ChargingScheduleMaxPeriods", kPeriods),
    computed("MaxChargingProfilesInstalled", kProfiles),
    fixed("ConnectorSwitch3to1PhaseSupported", "true"),
    // OCPP-J 1.6 6.2: 16 to 20 bytes in hexadecimal; never told again.
    {"AuthorizationKey", Type::Secret, 16, kKeyBytes, ""},
};

const int kKeyCount = static_cast<int>(sizeof(kKeys) / sizeof(kKeys[0]));

}  // namespace evse::ocpp

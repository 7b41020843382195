// What MicroOcpp asks of a connector, and what it says to it.
#include <math.h>

#include "microocpp_backend/microocpp_client.h"
#include "ocpp/status_table.h"

namespace evse {

namespace {

constexpr int kFaults = 18;  // bits of FaultCode
constexpr uint8_t kOwnSeverity = 2;
constexpr uint8_t kVehicleSeverity = 1;
// The library gives up a request for as long; then another UnlockConnector is a new one.
constexpr uint64_t kUnlockUs = uint64_t{MO_UNLOCK_TIMEOUT} * 1000;

const char* text_of(MicroOcpp::TxNotification what) {
  switch (what) {
    case MicroOcpp::TxNotification::Authorized:
      return "authorized";
    case MicroOcpp::TxNotification::AuthorizationRejected:
      return "not authorized";
    case MicroOcpp::TxNotification::AuthorizationTimeout:
      return "not authorized: no answer";
    case MicroOcpp::TxNotification::ReservationConflict:
      return "reserved for somebody else";
    case MicroOcpp::TxNotification::ConnectionTimeout:
      return "nobody has plugged in in time";
    case MicroOcpp::TxNotification::DeAuthorized:
      return "no longer authorized";
    case MicroOcpp::TxNotification::RemoteStart:
      return "started by the central system";
    case MicroOcpp::TxNotification::RemoteStop:
      return "stopped by the central system";
    case MicroOcpp::TxNotification::StartTx:
      return "the transaction begins";
    case MicroOcpp::TxNotification::StopTx:
      return "the transaction ends";
  }
  return "";
}

uint32_t milliamperes(float amperes) { return static_cast<uint32_t>(lroundf(amperes * 1000)); }

}  // namespace

void MicroOcppClient::wire(Connector& connector) {
  const unsigned int number = connector.number;
  Connector* self = &connector;
  setConnectorPluggedInput(
      [self] {
        self->looked_at = true;
        return self->report.plugged;
      },
      number);
  setEvReadyInput([self] { return self->report.vehicle_ready; }, number);
  setEvseReadyInput([self] { return self->report.closed || self->report.offered_ma > 0; }, number);
  // Nothing begins at a socket whose plug could be pulled out.
  const Hardware& hardware = settings_.hardware[number - 1];
  const bool keeps_cables = hardware.kind == Kind::Socket && hardware.lock;
  setStartTxReadyInput([self, keeps_cables] { return !keeps_cables || self->report.locked; },
                       number);
  // The last reading is that after the contactor has opened; one that does not open is a fault.
  setStopTxReadyInput([self] { return !self->report.closed || self->report.faults != 0; }, number);
  setSmartChargingOutput([this, self](float watts, float amperes,
                                      int phases) { limit(*self, watts, amperes, phases); },
                         number);
  setTxNotificationOutput(
      [this, number](MicroOcpp::Transaction*, MicroOcpp::TxNotification what) {
        log_.event(static_cast<int>(number), text_of(what));
      },
      number);
  if (keeps_cables) {
    setOnUnlockConnectorInOut([this, self] { return unlock(*self); }, number);
  }
  wire_meter(connector);
  wire_faults(connector);
}

void MicroOcppClient::wire_meter(const Connector& connector) {
  const unsigned int number = connector.number;
  const Report* report = &connector.report;
  setEnergyMeterInput([report] { return static_cast<int>(report->energy_mwh / 1000); }, number);
  setPowerMeterInput(
      [report] {
        return static_cast<float>(report->power_mw[0] + report->power_mw[1] + report->power_mw[2]) /
               1000;
      },
      number);
  constexpr const char* kPhases[] = {"L1", "L2", "L3"};
  constexpr const char* kNeutral[] = {"L1-N", "L2-N", "L3-N"};
  for (int i = 0; i < settings_.hardware[number - 1].phases; ++i) {
    addMeterValueInput([report, i] { return static_cast<float>(report->current_ma[i]) / 1000; },
                       "Current.Import", "A", nullptr, kPhases[i], number);
    addMeterValueInput([report, i] { return static_cast<float>(report->voltage_mv[i]) / 1000; },
                       "Voltage", "V", nullptr, kNeutral[i], number);
  }
  addMeterValueInput([report] { return static_cast<float>(report->offered_ma) / 1000; },
                     "Current.Offered", "A", nullptr, nullptr, number);
  addMeterValueInput([report] { return static_cast<float>(report->temperature_cc) / 100; },
                     "Temperature", "Celsius", "Body", nullptr, number);
}

// One input for each fault, so that a second one is told while the first one lasts.
void MicroOcppClient::wire_faults(const Connector& connector) {
  const unsigned int number = connector.number;
  const Report* report = &connector.report;
  for (int bit = 0; bit < kFaults; ++bit) {
    const auto fault = static_cast<FaultCode>(1u << bit);
    addErrorDataInput(
        [report, fault, number] {
          MicroOcpp::ErrorData error(nullptr);
          if ((report->faults & static_cast<uint32_t>(fault)) == 0) return error;
          // The vehicle's fault during a transaction is no state Faulted (OCPP 1.6 7.6).
          const bool of_vehicle = ocpp::is_vehicle_side(fault);
          error.isError = true;
          error.isFaulted = !of_vehicle || !isTransactionRunning(number);
          error.severity = of_vehicle ? kVehicleSeverity : kOwnSeverity;
          error.errorCode = error.isFaulted ? ocpp::error_code(fault) : "EVCommunicationError";
          error.vendorErrorCode = ocpp::name_of(fault);
          return error;
        },
        number);
  }
}

// Negative: there is no such limit.
void MicroOcppClient::limit(Connector& connector, float watts, float amperes, int phases) {
  const Hardware& hardware = settings_.hardware[connector.number - 1];
  connector.phases = hardware.phases;
  if (phases == 1) connector.phases = 1;
  connector.limit_ma = hardware.rating_ma;
  const auto lower_to = [&connector](float wanted) {
    const uint32_t wanted_ma = milliamperes(wanted);
    if (wanted_ma < connector.limit_ma) connector.limit_ma = wanted_ma;
  };
  if (amperes >= 0 && amperes * 1000 < static_cast<float>(hardware.rating_ma)) lower_to(amperes);
  const float volts = static_cast<float>(settings_.nominal_voltage_v * connector.phases);
  if (watts >= 0 && watts / volts * 1000 < static_cast<float>(hardware.rating_ma)) {
    lower_to(watts / volts);
  }
}

UnlockConnectorResult MicroOcppClient::unlock(Connector& connector) {
  const bool asked = connector.unlocking_us != 0 && now_us_ - connector.unlocking_us < kUnlockUs;
  if (!asked) {
    connector.unlocking_us = now_us_;
    connector.command.hold_lock = false;
    ++connector.command.unlock_count;
    return UnlockConnectorResult_Pending;
  }
  if (connector.report.locked || connector.report.closed) return UnlockConnectorResult_Pending;
  connector.unlocking_us = 0;
  return UnlockConnectorResult_Unlocked;
}

}  // namespace evse

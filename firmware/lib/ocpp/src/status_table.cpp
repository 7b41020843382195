#include "ocpp/status_table.h"

#include "ocpp/text.h"

namespace evse::ocpp {

namespace {

constexpr int kStatuses = 9;

constexpr uint16_t bit(Status status) {
  return static_cast<uint16_t>(1u << static_cast<unsigned>(status));
}

constexpr uint16_t kA = bit(Status::Available), kB = bit(Status::Preparing),
                   kC = bit(Status::Charging), kD = bit(Status::SuspendedEv),
                   kE = bit(Status::SuspendedEvse), kF = bit(Status::Finishing),
                   kG = bit(Status::Reserved), kH = bit(Status::Unavailable),
                   kI = bit(Status::Faulted);

// Rows and columns of the table in OCPP 1.6 section 4.9.
constexpr uint16_t kAllowed[kStatuses] = {
    kB | kC | kD | kE | kG | kH | kI,       // Available
    kA | kC | kD | kE | kF | kI,            // Preparing; B6 by errata 3.20
    kA | kD | kE | kF | kH | kI,            // Charging
    kA | kC | kE | kF | kH | kI,            // SuspendedEV
    kA | kC | kD | kF | kH | kI,            // SuspendedEVSE
    kA | kB | kH | kI,                      // Finishing
    kA | kB | kH | kI,                      // Reserved
    kA | kB | kC | kD | kE | kI,            // Unavailable
    kA | kB | kC | kD | kE | kF | kG | kH,  // Faulted
};

struct Fault {
  FaultCode code;
  const char* name;
  const char* error;
};

constexpr Fault kFaults[] = {
    {FaultCode::PilotShorted, "pilot-shorted", "OtherError"},
    {FaultCode::DiodeMissing, "diode-missing", "OtherError"},
    {FaultCode::ProximityInvalid, "proximity-invalid", "OtherError"},
    {FaultCode::EarthLost, "earth-lost", "GroundFailure"},
    {FaultCode::ResidualCurrent, "residual-current", "GroundFailure"},
    {FaultCode::ResidualTestFailed, "residual-test-failed", "InternalError"},
    {FaultCode::ContactorWelded, "contactor-welded", "PowerSwitchFailure"},
    {FaultCode::ContactorStuckOpen, "contactor-stuck-open", "PowerSwitchFailure"},
    {FaultCode::OverCurrent, "over-current", "OverCurrentFailure"},
    {FaultCode::ShortCircuit, "short-circuit", "OverCurrentFailure"},
    {FaultCode::OverTemperature, "over-temperature", "HighTemperature"},
    {FaultCode::UnderVoltage, "under-voltage", "UnderVoltage"},
    {FaultCode::OverVoltage, "over-voltage", "OverVoltage"},
    {FaultCode::PhaseLost, "phase-lost", "UnderVoltage"},
    {FaultCode::NeutralLost, "neutral-lost", "OverVoltage"},
    {FaultCode::SensorLost, "sensor-lost", "InternalError"},
    {FaultCode::LockFailed, "lock-failed", "ConnectorLockFailure"},
    {FaultCode::VentilationUnavailable, "ventilation-unavailable", "OtherError"},
};

const Fault& entry(FaultCode code) {
  for (const Fault& fault : kFaults) {
    if (fault.code == code) return fault;
  }
  return kFaults[0];
}

}  // namespace

const char* name_of(Status status) {
  constexpr const char* kNames[kStatuses] = {"Available",     "Preparing", "Charging",
                                             "SuspendedEV",   "SuspendedEVSE", "Finishing",
                                             "Reserved",      "Unavailable", "Faulted"};
  return kNames[static_cast<int>(status)];
}

bool Shown::operator==(const Shown& other) const {
  const bool same_info = info == other.info ||
                         (info != nullptr && other.info != nullptr && equal(info, other.info));
  return status == other.status && equal(error, other.error) && same_info;
}

bool is_allowed(Status from, Status to) {
  return (kAllowed[static_cast<int>(from)] & bit(to)) != 0;
}

int waypoints(Status from, Status to, Status (&between)[2]) {
  if (from == to || is_allowed(from, to)) return 0;
  // The likeliest first. Out of Preparing it goes by Available (B1, A8): B6 would say that a
  // time-out had passed.
  constexpr Status kUsual[] = {Status::Finishing, Status::Preparing, Status::Available};
  constexpr Status kPreparing[] = {Status::Available, Status::Finishing, Status::Preparing};
  const auto& by = from == Status::Preparing ? kPreparing : kUsual;
  for (Status one : by) {
    if (is_allowed(from, one) && is_allowed(one, to)) {
      between[0] = one;
      return 1;
    }
  }
  for (Status one : by) {
    for (Status two : by) {
      if (is_allowed(from, one) && is_allowed(one, two) && is_allowed(two, to)) {
        between[0] = one;
        between[1] = two;
        return 2;
      }
    }
  }
  return 0;
}

const char* error_code(FaultCode fault) { return entry(fault).error; }

const char* name_of(FaultCode fault) { return entry(fault).name; }

bool is_vehicle_side(FaultCode fault) {
  return fault == FaultCode::PilotShorted || fault == FaultCode::DiodeMissing ||
         fault == FaultCode::VentilationUnavailable;
}

FaultCode worst_of(uint32_t faults) {
  const Fault* found = nullptr;
  for (const Fault& fault : kFaults) {
    if ((faults & static_cast<uint32_t>(fault.code)) == 0) continue;
    if (!is_vehicle_side(fault.code)) return fault.code;
    if (found == nullptr) found = &fault;
  }
  return found == nullptr ? FaultCode::SensorLost : found->code;
}

}  // namespace evse::ocpp

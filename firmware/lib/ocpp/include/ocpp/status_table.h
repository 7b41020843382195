// The status of a connector: allowed transitions, and how faults are named (OCPP 1.6 4.9, 7.6).
#pragma once

#include <stdint.h>

#include "hal/process.h"

namespace evse::ocpp {

// ChargePointStatus (OCPP 1.6 7.7), in the order of the table in 4.9.
enum class Status : uint8_t {
  Available,
  Preparing,
  Charging,
  SuspendedEv,
  SuspendedEvse,
  Finishing,
  Reserved,
  Unavailable,
  Faulted,
};

const char* name_of(Status status);

// What a StatusNotification says.
struct Shown {
  Status status = Status::Available;
  const char* error = "NoError";  // ChargePointErrorCode
  const char* info = nullptr;     // points to a constant

  bool operator==(const Shown& other) const;
  bool operator!=(const Shown& other) const { return !(*this == other); }
};

bool is_allowed(Status from, Status to);

// The statuses to notify between `from` and `to` where the table has no direct way (decision
// "Preparing goes to Unavailable by way of Available"): how many, at most 2.
int waypoints(Status from, Status to, Status (&between)[2]);

// The ChargePointErrorCode of a fault, and its own name, which goes into vendorErrorCode.
const char* error_code(FaultCode fault);
const char* name_of(FaultCode fault);

// A fault of the vehicle or its wire: during a transaction no state Faulted, but SuspendedEVSE
// with EVCommunicationError (OCPP 1.6 7.6).
bool is_vehicle_side(FaultCode fault);

// The fault that is told of several: the charger's own before the vehicle's. `faults` is not 0.
FaultCode worst_of(uint32_t faults);

}  // namespace evse::ocpp

// A call to the central system, from the wish to send it to its answer.
#pragma once

#include <stdint.h>

#include "hal/process.h"
#include "ocpp/job_status.h"
#include "ocpp/json.h"
#include "ocpp/sizes.h"
#include "ocpp/status_table.h"
#include "ocpp/text.h"

namespace evse::ocpp {

using Tag = Text<kTag>;

enum class Action : uint8_t {
  BootNotification,
  Heartbeat,
  Authorize,
  StatusNotification,
  MeterValues,       // that the central system has asked for, outside of a transaction
  FirmwareStatusNotification,
  SignedFirmwareStatusNotification,
  DiagnosticsStatusNotification,
  LogStatusNotification,
  SignCertificate,
  SecurityEventNotification,
  QueuedStart,       // StartTransaction,
  QueuedStop,        // StopTransaction and
  QueuedMeterValues  // MeterValues of the journal
};

const char* name_of(Action action);

// The number that an order of the security whitepaper carries; one of OCPP 1.6 has none.
struct RequestId {
  bool given = false;
  int32_t id = 0;
  bool operator==(const RequestId& other) const { return given == other.given && id == other.id; }
};

// What the payload is made of when its turn has come. Only what the action needs means something.
struct Outgoing {
  Action action = Action::Heartbeat;
  uint8_t connector = 0;
  bool triggered = false;  // also leaves while the boot is pending (OCPP 1.6 4.2)
  Shown shown;             // StatusNotification
  int64_t utc_us = 0;      // its time
  Tag tag;                 // Authorize; StatusNotification: what a LocalListConflict is about
  uint32_t purpose = 0;    // Authorize: whose question it is
  uint32_t seq = 0;        // of a queued message: its record in the journal
  JobStatus job_status = JobStatus::Idle;  // of a job's notification
  RequestId request;                       // its order
};

struct Outcome {
  enum class Kind : uint8_t { Answered, Refused, Unanswered };
  Kind kind = Kind::Unanswered;
  const Json* payload = nullptr;  // Answered: valid by its schema
  const char* why = "";            // Refused: the code of the CALLERROR, or what is wrong
};

}  // namespace evse::ocpp

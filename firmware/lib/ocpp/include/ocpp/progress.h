// The status of one kind of job, told until the central system has heard it, over a restart too.
#pragma once

#include "hal/fram.h"
#include "ocpp/job_status.h"
#include "ocpp/json_writer.h"
#include "ocpp/layout.h"
#include "ocpp/outgoing.h"

namespace evse::ocpp {

struct ChargePoint;

// A status is in memory before it is told. What was not answered is told again after the next
// boot or reconnection: the present one, no history, as with connectors.
class Progress {
 public:
  // `place`: of its record in memory.
  Progress(ChargePoint& cp, hal::Fram& fram, Action action, int place);

  void power_on();
  // Keeps a status, and tells it. Where the memory fails it is told all the same.
  void set(JobStatus status, const RequestId& request);
  // Tells one that lasts no longer than its telling.
  void pass_through(JobStatus status, const RequestId& request);
  // Forgets the job before: another takes its place.
  void clear();

  void tell_unheard();
  void trigger();
  void write(const Outgoing& call, JsonWriter& out) const;
  void outcome(const Outgoing& call, const Outcome& outcome);

 private:
  void send(JobStatus status, const RequestId& request, bool triggered);
  void save();

  ChargePoint& cp_;
  Action action_;
  store::Record record_;
  JobStatus status_ = JobStatus::Idle;
  RequestId request_;
  bool heard_ = true;
};

}  // namespace evse::ocpp

// Firmware management: new firmware with and without a signature (OCPP 1.6 4.5, 5.19; security
// whitepaper, use cases L01 and L02; decision "What becomes of an order of firmware").
#pragma once

#include "hal/fram.h"
#include "hal/updater.h"
#include "ocpp/deadline.h"
#include "ocpp/firmware_order.h"
#include "ocpp/frames.h"
#include "ocpp/progress.h"

namespace evse::ocpp {

struct ChargePoint;

// Every stage is in memory before it is told.
class FirmwareUpdate {
 public:
  FirmwareUpdate(ChargePoint& cp, hal::Fram& fram);

  void power_on();
  void update(const MessageId& id, const Json* payload);
  void signed_update(const MessageId& id, const Json* payload);
  void poll();
  uint64_t next_us() const;

  Progress plain_progress;
  Progress signed_progress;

 private:
  // Of the download; what a restart forgets.
  enum class Step : uint8_t { Resting, Fetching, Pausing, Verifying };

  bool is_too_late() const;
  bool take(const FirmwareOrder& order, const FirmwareSource& source);
  void ordered();
  void attempt();
  void look_at_download();
  void fetched();
  void trusted();
  void look_at_image();
  void look_at_installation();
  bool advance(FirmwareStage stage);
  void end(JobStatus status, const char* why);
  bool is_time(int64_t utc_us) const;
  Progress& progress() { return order_.is_signed ? signed_progress : plain_progress; }

  ChargePoint& cp_;
  FirmwareOrderStore store_;
  FirmwareOrder order_;
  Step step_ = Step::Resting;
  Deadline pause_;
};

}  // namespace evse::ocpp

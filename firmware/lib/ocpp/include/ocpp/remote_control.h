// What the central system does at a distance: start, stop, unlock, reset, trigger.
#pragma once

#include "ocpp/backend.h"
#include "ocpp/connector.h"
#include "ocpp/frames.h"
#include "ocpp/progress.h"
#include "ocpp/sizes.h"

namespace evse::ocpp {

struct ChargePoint;

// RemoteStartTransaction and RemoteStopTransaction (OCPP 1.6 5.11, 5.12).
class RemoteControl {
 public:
  explicit RemoteControl(ChargePoint& cp) : cp_(cp) {}
  void start(const MessageId& id, const Json* payload);
  void stop(const MessageId& id, const Json* payload);

 private:
  Connector* choose(const Json* payload, const Tag& tag);

  ChargePoint& cp_;
};

// UnlockConnector: gives the cable back (OCPP 1.6 5.18).
class Unlock {
 public:
  explicit Unlock(ChargePoint& cp) : cp_(cp) {}
  void unlock(const MessageId& id, const Json* payload);
  void ended(Connector& connector);
  void reported(const Connector& connector);
  void poll();
  uint64_t next_us() const;

 private:
  enum class Step : uint8_t { None, Ending, Opening };
  struct Waiting {
    Step step = Step::None;
    MessageId id;
    uint32_t socket = 0;
    Deadline jammed;
  };
  void open(Connector& connector);
  void answer(Waiting& waiting, const char* status);

  ChargePoint& cp_;
  Waiting waiting_[kConnectors];
};

// Reset, soft and hard (OCPP 1.6 5.14, errata 3.36).
class Reset {
 public:
  explicit Reset(ChargePoint& cp) : cp_(cp) {}
  void reset(const MessageId& id, const Json* payload);
  // Restarts this side by itself, when what there is to tell has been told.
  void restart(const char* why);
  void poll();
  uint64_t next_us() const { return look_.at_us(); }
  ResetWanted wanted() const { return wanted_; }

 private:
  bool is_done() const;

  ChargePoint& cp_;
  bool resetting_ = false;
  bool hard_ = false;
  Deadline look_;
  uint64_t give_up_us_ = 0;
  ResetWanted wanted_ = ResetWanted::None;
};

// TriggerMessage: messages that the central system asks for (OCPP 1.6 5.17).
class RemoteTrigger {
 public:
  explicit RemoteTrigger(ChargePoint& cp) : cp_(cp) {}
  void trigger(const MessageId& id, const Json* payload);
  // ExtendedTriggerMessage of the security whitepaper.
  void trigger_extended(const MessageId& id, const Json* payload);

 private:
  Progress* progress_of(const char* asked, bool extended);
  void answer(const MessageId& id, const Json* payload, bool extended);

  ChargePoint& cp_;
};

}  // namespace evse::ocpp

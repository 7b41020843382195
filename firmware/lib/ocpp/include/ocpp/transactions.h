// Transactions: StartTransaction and StopTransaction, durable before they are sent (OCPP 1.6 4.8,
// 4.10), and delivered in the order of time with the retry rules of 3.7.1.
#pragma once

#include "ocpp/connector.h"
#include "ocpp/journal.h"
#include "ocpp/json_writer.h"

namespace evse::ocpp {

struct ChargePoint;

class Transactions {
 public:
  explicit Transactions(ChargePoint& cp) : cp_(cp) {}

  // After power-on: ends what a power cut or a reset has interrupted.
  void take_up_again(StopReason reason);
  // Begins on a connector with a vehicle, and lets energy flow. False: there is no room for it.
  bool start(Connector& connector, const Tag& tag, const Tag& parent_tag, bool reserved,
             int32_t reservation);
  // Ends: first the energy, then StopTransaction with the final register.
  void stop(Connector& connector, StopReason reason, const Tag* tag = nullptr);

  void reported(Connector& connector);
  void poll(Connector& connector);

  // The answer to StartTransaction, which is in the journal.
  void started(Transaction& transaction, const Tag& tag, const Json* answer);

 private:
  void wind_up(Connector& connector);
  void finish(Connector& connector);
  void tag_is_invalid(Connector& connector);
  void suspend(Connector& connector);

  ChargePoint& cp_;
};

}  // namespace evse::ocpp

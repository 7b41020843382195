// Which block handles a call of the central system, and whether this charger has it.
#pragma once

#include "ocpp/frames.h"

namespace evse::ocpp {

struct ChargePoint;

struct Incoming {
  const char* action;
  bool (*is_here)(const ChargePoint& cp);
  // Answers, or sees to it that somebody does.
  void (*handle)(ChargePoint& cp, const MessageId& id, const Json* payload);
};

// Null: nobody handles that.
const Incoming* incoming(const char* action);

}  // namespace evse::ocpp

// OCPP-J frames: telling a CALL, a CALLRESULT and a CALLERROR apart (OCPP-J 1.6 chapter 4).
#pragma once

#include <stdint.h>

#include "ocpp/json.h"
#include "ocpp/sizes.h"
#include "ocpp/text.h"

namespace evse::ocpp {

using MessageId = Text<kMessageId>;

// Error codes with the spelling of the wire, which has two mistakes in it.
constexpr char kNotImplemented[] = "NotImplemented";
constexpr char kNotSupported[] = "NotSupported";
constexpr char kInternalError[] = "InternalError";
constexpr char kProtocolError[] = "ProtocolError";
constexpr char kFormationViolation[] = "FormationViolation";
constexpr char kPropertyConstraintViolation[] = "PropertyConstraintViolation";
constexpr char kOccurenceConstraintViolation[] = "OccurenceConstraintViolation";
constexpr char kTypeConstraintViolation[] = "TypeConstraintViolation";

struct Frame {
  enum class Type : uint8_t {
    Ignored,     // an unknown message type number (OCPP-J 1.6 4.1.3), or nothing to answer
    Call,
    Result,
    Error,
    Unreadable,  // no frame: `code` and `why` for the CALLERROR where there is an id to answer
  };
  Type type = Type::Ignored;
  MessageId id;
  const char* action = "";         // of a call
  const Json* payload = nullptr;  // of a call or a result
  const char* code = "";
  const char* why = "";
};

// Reads one message, and writes into it. What the frame points to is good until the next one is
// read. `size` may be above `capacity`: then the rest of the message has not been kept.
Frame read_frame(char* text, int size, int capacity);

}  // namespace evse::ocpp

// What payloads have to look like: the schemas of OCPP-J 1.6 edition 2 as tables.
//
// Only what comes in is looked at here: calls of the central system and its answers.
#pragma once

#include <stdint.h>

#include "ocpp/json.h"
#include "ocpp/text.h"

namespace evse::ocpp {

enum class FieldKind : uint8_t { Text, Integer, Number, Boolean, Object, ObjectList, TextList };

struct Schema;

struct Field {
  // What a text may be, null at the end; or the fields of an object, or of each in a list.
  union Of {
    constexpr explicit Of(const char* const* texts) : values(texts) {}
    constexpr explicit Of(const Schema* fields) : schema(fields) {}
    const char* const* values;  // null: anything
    const Schema* schema;
  };
  const char* name;
  FieldKind kind;
  bool required;
  uint16_t most;  // of characters, counted in bytes; 0: any number
  Of of;
};

struct Schema {
  const Field* fields;
  int count;
};

// What is wrong with a payload.
struct Violation {
  const char* code = nullptr;  // for the CALLERROR (OCPP-J 1.6 4.2.3); null: nothing is wrong
  Text<80> what;               // where, and how it should be
};

Violation check(const Schema& schema, const Json* payload);

// The schema of a call that the central system may send, null: this firmware has no such block.
const Schema* schema_of_call(const char* action);
// An action of OCPP 1.6 or of the security whitepaper that there is no block for.
bool is_known_action(const char* action);

extern const Schema kBootNotificationResponse;
extern const Schema kHeartbeatResponse;
extern const Schema kIdTagResponse;             // of Authorize
extern const Schema kStartTransactionResponse;
extern const Schema kStopTransactionResponse;
extern const Schema kSignCertificateResponse;
extern const Schema kEmptyResponse;             // of notifications and MeterValues

}  // namespace evse::ocpp

// What orders of file transfers have in common (OCPP 1.6 6.25, 6.55; security whitepaper).
#pragma once

#include <stdint.h>

#include "ocpp/json.h"
#include "ocpp/sizes.h"
#include "ocpp/text.h"

namespace evse::ocpp {

using Location = Text<kLocation>;

// How often an order lets the charger try: once more than `retries`, at most 101 times.
int attempts_of(const Json* order);
// The pause between two attempts, at most a week.
int32_t retry_interval_s_of(const Json* order);

// A URL of one of the protocols in `schemes` (such as "HTTP,HTTPS"), with a host, no control
// characters, and no longer than there is room for.
bool is_location(const char* url, const char* schemes);

// A URL for a log: without user and password.
Text<80> bare(const Location& url);

}  // namespace evse::ocpp

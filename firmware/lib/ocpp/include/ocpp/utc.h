// Times on the wire: ISO 8601 in, UTC with milliseconds and Z out (OCPP 1.6 3.14, errata 3.10).
#pragma once

#include <stdint.h>

#include "ocpp/text.h"

namespace evse::ocpp {

using Stamp = Text<28>;

// Microseconds since 1970 of a time with any fraction and offset; without a zone it is UTC.
// False: no date with a time of day, or not in the years 1970 to 2999.
bool parse_utc(const char* text, int64_t& utc_us);

Stamp format_utc(int64_t utc_us);

}  // namespace evse::ocpp

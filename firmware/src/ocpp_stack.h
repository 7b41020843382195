// Which OCPP stack the program is built with: our own, or with EVSELOOP_MICROOCPP MicroOcpp. Both
// are made of the same things, and are a `ChargingBackend`.
#pragma once

#ifdef EVSELOOP_MICROOCPP

#include "microocpp_backend/microocpp_client.h"

namespace evse {
using OcppStack = MicroOcppClient;
}  // namespace evse

#else

#include "ocpp/ocpp_client.h"

namespace evse {
using OcppStack = OcppClient;
}  // namespace evse

#endif

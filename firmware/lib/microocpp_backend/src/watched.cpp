#include "microocpp_backend/microocpp_client.h"

namespace evse {

ocpp::Status MicroOcppClient::status(int connector) const {
  if (!begun_) return ocpp::Status::Unavailable;
  switch (getChargePointStatus(static_cast<unsigned int>(connector))) {
    case ChargePointStatus_Available:
      return ocpp::Status::Available;
    case ChargePointStatus_Preparing:
      return ocpp::Status::Preparing;
    case ChargePointStatus_Charging:
      return ocpp::Status::Charging;
    case ChargePointStatus_SuspendedEVSE:
      return ocpp::Status::SuspendedEvse;
    case ChargePointStatus_SuspendedEV:
      return ocpp::Status::SuspendedEv;
    case ChargePointStatus_Finishing:
      return ocpp::Status::Finishing;
    case ChargePointStatus_Reserved:
      return ocpp::Status::Reserved;
    case ChargePointStatus_Faulted:
      return ocpp::Status::Faulted;
    case ChargePointStatus_UNDEFINED:
    case ChargePointStatus_Unavailable:
      break;
  }
  return ocpp::Status::Unavailable;
}

bool MicroOcppClient::is_in_transaction(int connector) const {
  return begun_ && isTransactionRunning(static_cast<unsigned int>(connector));
}

int32_t MicroOcppClient::transaction(int connector) const {
  return is_in_transaction(connector)
             ? getTransaction(static_cast<unsigned int>(connector))->getTransactionId()
             : -1;
}

}  // namespace evse

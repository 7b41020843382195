// www.freertos.org/Documentation/02-Kernel/04-API-references/08-Stream-buffers
#pragma once

#include <stddef.h>

#include "freertos/FreeRTOS.h"

typedef struct StreamBufferDef_t* StreamBufferHandle_t;

StreamBufferHandle_t xStreamBufferCreate(size_t bytes, size_t trigger_level);
size_t xStreamBufferSend(StreamBufferHandle_t buffer, const void* data, size_t bytes,
                         TickType_t ticks_to_wait);
size_t xStreamBufferReceive(StreamBufferHandle_t buffer, void* data, size_t bytes,
                            TickType_t ticks_to_wait);
size_t xStreamBufferBytesAvailable(StreamBufferHandle_t buffer);
BaseType_t xStreamBufferReset(StreamBufferHandle_t buffer);

// www.freertos.org/Documentation/02-Kernel/04-API-references/10-Semaphore-and-Mutexes
#pragma once

#include "freertos/FreeRTOS.h"

typedef struct QueueDefinition* SemaphoreHandle_t;

SemaphoreHandle_t xSemaphoreCreateMutex(void);
BaseType_t xSemaphoreTake(SemaphoreHandle_t semaphore, TickType_t ticks_to_wait);
BaseType_t xSemaphoreGive(SemaphoreHandle_t semaphore);

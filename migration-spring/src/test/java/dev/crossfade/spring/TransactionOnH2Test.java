package dev.crossfade.spring;

import java.util.UUID;

final class TransactionOnH2Test extends TransactionContract {
    @Override
    String[] databases() {
        return OrdersService.inMemory(UUID.randomUUID().toString());
    }
}

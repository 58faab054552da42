import { StoreFailure } from '../platform/registry.ts'

/** The id of a message that is on its way. Whatever the store said where it could not be kept, the caller hears StoreFailure. */
export async function sent(message: Promise<string>): Promise<string> {
  try {
    return await message
  } catch (cause) {
    throw cause instanceof StoreFailure ? cause : new StoreFailure(cause as Error)
  }
}

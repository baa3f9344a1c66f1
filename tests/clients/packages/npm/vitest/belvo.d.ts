// Belvo's SDK has no types of its own.

declare module 'belvo' {
  export default class Client {
    constructor(secretId: string, secretPassword: string, url?: string);
    connect(): Promise<boolean>;
    links: {
      register(institution: string, username: string, password: string): Promise<{ id: string; status: string }>;
      list(): Promise<{ id: string }[]>;
    };
    employmentRecords: {
      list(options: { filters: { link: string } }): Promise<{ internal_identification: string }[]>;
    };
  }
}

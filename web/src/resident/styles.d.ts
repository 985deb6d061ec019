declare module '*.css?own';

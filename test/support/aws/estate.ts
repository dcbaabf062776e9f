import type { AccountRegion } from './inventory.ts';

const arn = (service: string, rest: string) => `arn:aws:${service}:eu-west-1:123456789012:${rest}`;
const service = { desiredCount: 1, runningCount: 1 };

/** A small company in one region: something of everything that is looked for. */
export const estate: AccountRegion = {
  clusters: { 'shop-prod': { services: { storefront: service, checkout: service } }, empty: { services: {} } },
  instances: [
    {
      ...{
        DBInstanceIdentifier: 'shop-main',
        Engine: 'postgres',
        EngineVersion: '16.4',
        DBInstanceClass: 'db.m6g.large',
      },
      ...{ AllocatedStorage: 100, MultiAZ: true },
    },
    { DBInstanceIdentifier: 'aurora-1', Engine: 'aurora-mysql', DBClusterIdentifier: 'aurora', AllocatedStorage: 1 },
  ],
  replicationGroups: [
    { ReplicationGroupId: 'sessions', MemberClusters: { ClusterId: ['sessions-001', 'sessions-002'] } },
  ],
  cacheClusters: [{ CacheClusterId: 'pages', Engine: 'memcached', NumCacheNodes: 2 }],
  loadBalancers: [
    {
      ...{
        LoadBalancerName: 'front',
        Type: 'application',
        Scheme: 'internet-facing',
        DNSName: 'front.elb.example.com',
      },
      LoadBalancerArn: arn('elasticloadbalancing', 'loadbalancer/app/front/50dc6c495c0c9188'),
    },
  ],
  targetGroups: [
    {
      TargetGroupName: 'storefront',
      TargetGroupArn: arn('elasticloadbalancing', 'targetgroup/storefront/73e2d6bc24d8a067'),
      LoadBalancerArns: { member: [arn('elasticloadbalancing', 'loadbalancer/app/front/50dc6c495c0c9188')] },
    },
  ],
  alarms: [
    { AlarmName: 'disk-full', StateValue: 'ALARM' },
    { AlarmName: 'all-of-it', StateValue: 'OK', composite: true },
  ],
  logGroups: ['/ecs/storefront', '/aws/rds/instance/shop-main/postgresql'],
  backupPlans: ['daily'],
  buckets: [{ Name: 'shop-dumps', BucketRegion: 'eu-central-1' }],
  certificates: ['shop.example.com'],
  trails: [{ Name: 'org', HomeRegion: 'us-east-1', IsMultiRegionTrail: true }],
  webAcls: [{ Name: 'front-acl', Id: '1', Description: 'in front of the shop' }],
  distributions: {
    E1FRONT: {
      ...{ enabled: true, status: 'Deployed', aliases: ['www.example.com'], comment: 'the shop' },
      origins: [{ domain: 'shop-web.s3.eu-west-1.amazonaws.com', s3: {}, accessControl: 'E2OAC' }],
    },
  },
};
